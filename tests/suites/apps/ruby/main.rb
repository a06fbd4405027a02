# main.rb - threads with their timer, a time limit on a loop, fork from
# threads, signals, ractors. The output is known.
require 'socket'
require 'timeout'

results = Queue.new
threads = 8.times.map do |id|
  Thread.new do
    sum = 0
    20_000.times do |k|
      sum += k ^ id
      Thread.pass if k % 1000 == 0
    end
    results << [id, sum]
  end
end
threads.each(&:join)
puts Array.new(results.size) { results.pop }.sort.inspect

begin
  Timeout.timeout(0.2) { loop {} }
rescue Timeout::Error
  puts 'timeout'
end

background = Thread.new { loop { sleep 0.001 } }
pids = 6.times.map do |i|
  fork do
    Thread.new { sleep 0.05 }.join
    exit! i
  end
end
puts pids.map { |pid| Process.wait2(pid)[1].exitstatus }.inspect
background.kill
puts `echo child`, $?.exitstatus
pid = spawn('/bin/sh', '-c', 'kill -TERM $$')
puts Process.wait2(pid)[1].termsig
begin
  spawn('/nonexistent')
rescue Errno::ENOENT => e
  puts e.message
end

came = Queue.new
trap(:USR1) { came << 'signal' }
Process.kill(:USR1, Process.pid)
puts came.pop

mutex = Mutex.new
changed = ConditionVariable.new
n = 0
waiter = Thread.new do
  mutex.synchronize do
    changed.wait(mutex) while n < 10
    puts n
  end
end
10.times do
  mutex.synchronize do
    n += 1
    changed.signal
  end
end
waiter.join

server = TCPServer.new('127.0.0.1', 0)
Thread.new do
  5.times do
    client = server.accept
    client.puts(client.gets.upcase)
    client.close
  end
end
puts(5.times.map do |i|
  TCPSocket.open('127.0.0.1', server.addr[1]) do |s|
    s.puts("line #{i}")
    s.gets
  end
end)

puts(3.times.map do |i|
  Ractor.new(i) { |x| (1..20_000).sum { |v| v % (x + 2) } }
end.map(&:take).inspect)

def deep(n)
  deep(n + 1)
end
begin
  deep(0)
rescue SystemStackError
  puts 'stack overflow'
end
