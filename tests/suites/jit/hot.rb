# hot.rb - Ruby's compiler to machine code.
def fib(n) = n < 2 ? n : fib(n - 1) + fib(n - 2)
h = Hash.new(0)
20_000.times { |i| h["k#{i % 97}"] += i }
words = %w[one two three four].cycle.first(2000).map(&:upcase).tally
puts fib(18), h["k13"], words.inspect, (1..200).inject(:*) % 1_000_000_007
x = 0.0
100_000.times { |i| x += Math.sqrt(i) }
puts format("%.6f", x)
