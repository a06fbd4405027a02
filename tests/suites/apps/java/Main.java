/*
 * Main.java - what a Java virtual machine asks of signals and memory: implicit
 * null checks, stack banging, safepoints, a collector under pressure; and
 * threads, children, sockets. The output is known.
 */
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

public class Main {
	static class Node {
		Node next;
		byte[] room = new byte[64];
		int value;
	}

	static volatile boolean stop;

	static int deep(int n) {
		return deep(n + 1) + 1;
	}

	static void faults() {
		Node node = new Node();
		int nulls = 0, zeros = 0, sum = 0;

		for (int i = 0; i < 3; i++)
			try {
				deep(0);
			} catch (StackOverflowError e) {
				System.out.println("stack overflow");
			}
		for (int i = 0; i < 30000; i++)
			try {
				Node n = i % 100 == 0 ? null : node;
				n.value += i;
			} catch (NullPointerException e) {
				nulls++;
			}
		for (int i = 0; i < 20000; i++)
			try {
				sum += 100 / (i % 10);
			} catch (ArithmeticException e) {
				zeros++;
			}
		System.out.println(nulls + " " + node.value + " " + zeros +
				   " " + sum);
	}

	static long garbage(int id) {
		Map<Integer, Node> live = new HashMap<>();
		long sum = 0;

		for (int i = 0; i < 300000; i++) {
			Node n = new Node();
			n.value = i * id;
			n.next = i % 7 == 0 ? live.get((i + 500) % 1000) : null;
			if (n.next != null)
				n.next.next = null;
			live.put(i % 1000, n);
			sum += n.value;
		}
		for (Node n : live.values())
			sum += n.value;
		return sum;
	}

	static void collector() throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(6);
		List<Future<Long>> sums = new ArrayList<>();

		for (int i = 0; i < 6; i++) {
			int id = i;
			sums.add(pool.submit(() -> garbage(id)));
		}
		for (Future<Long> sum : sums)
			System.out.println(sum.get());
		pool.shutdown();
	}

	/* A collection stops threads in loops without calls. */
	static void safepoints() throws Exception {
		Thread[] spin = new Thread[3];

		for (int i = 0; i < spin.length; i++) {
			spin[i] = new Thread(() -> {
				long x = 0;
				while (!stop)
					x++;
			});
			spin[i].start();
		}
		for (int i = 0; i < 5; i++) {
			Thread.sleep(20);
			System.gc();
		}
		stop = true;
		for (Thread t : spin)
			t.join();
		System.out.println("stopped");
	}

	static void locks() throws Exception {
		AtomicLong atomic = new AtomicLong();
		Object lock = new Object();
		int[] plain = new int[1];
		Thread[] threads = new Thread[8];

		for (int i = 0; i < threads.length; i++) {
			threads[i] = new Thread(() -> {
				for (int k = 0; k < 20000; k++) {
					atomic.incrementAndGet();
					synchronized (lock) {
						plain[0]++;
					}
				}
			});
			threads[i].start();
		}
		for (Thread t : threads)
			t.join();
		System.out.println(atomic.get() + " " + plain[0]);
		Thread sleeper = new Thread(() -> {
			try {
				Thread.sleep(100000);
			} catch (InterruptedException e) {
				System.out.println("interrupted");
			}
		});
		sleeper.start();
		Thread.sleep(20);
		sleeper.interrupt();
		sleeper.join();
		System.out.println(LongStream.range(0, 1000000).parallel()
				   .map(x -> x * 3 % 7).sum());
	}

	static void children() throws Exception {
		Process p = new ProcessBuilder("/bin/sh", "-c",
					       "read x; echo child $x; exit 3")
				    .start();
		p.getOutputStream().write("reads\n".getBytes());
		p.getOutputStream().close();
		String out = new String(p.getInputStream().readAllBytes());
		System.out.println(out.trim() + " " + p.waitFor());
		try {
			new ProcessBuilder("/nonexistent").start();
		} catch (IOException e) {
			System.out.println("no such program");
		}
	}

	static void sockets() throws Exception {
		InetAddress here = InetAddress.getLoopbackAddress();
		ServerSocket server = new ServerSocket(0, 5, here);
		Thread t = new Thread(() -> {
			try (Socket s = server.accept()) {
				s.getOutputStream().write("net".getBytes());
			} catch (IOException e) {
				e.printStackTrace();
			}
		});

		t.start();
		try (Socket s = new Socket(here, server.getLocalPort())) {
			System.out.println(new String(
				s.getInputStream().readAllBytes()));
		}
		t.join();
	}

	public static void main(String[] args) throws Exception {
		faults();
		collector();
		safepoints();
		locks();
		children();
		sockets();
	}
}
