/* Hot.java - loops that C1 and then C2 compile, each with a checked result. */
import java.util.*;
import java.util.stream.*;

public class Hot {
	interface Shape { double area(); }
	record Circle(double r) implements Shape {
		public double area() { return 3.0 * r * r; }
	}
	record Square(double a) implements Shape {
		public double area() { return a * a; }
	}

	static int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

	static long crc(byte[] b) {
		long c = 0xffffffffL;
		for (byte x : b) {
			c ^= x & 0xff;
			for (int k = 0; k < 8; k++)
				c = (c & 1) != 0 ? c >>> 1 ^ 0xedb88320L : c >>> 1;
		}
		return c ^ 0xffffffffL;
	}

	static double dot(double[] a, double[] b) {
		double s = 0;
		for (int i = 0; i < a.length; i++)
			s += a[i] * b[i];
		return s;
	}

	static int sum(int[] a) {
		int s = 0;
		for (int i = 0; i < a.length; i++)
			s += a[i] * 3 ^ i;
		return s;
	}

	static int depth(int n) { return n == 0 ? 0 : 1 + depth(n - 1); }

	public static void main(String[] args) throws Exception {
		byte[] b = new byte[20000];
		double[] x = new double[1000], y = new double[1000];
		int[] a = new int[5000];
		for (int i = 0; i < b.length; i++) b[i] = (byte)(i * 31);
		for (int i = 0; i < 1000; i++) { x[i] = i / 8.0; y[i] = 1000 - i; }
		for (int i = 0; i < a.length; i++) a[i] = i * i;
		long c = 0; double d = 0; int s = 0;
		for (int i = 0; i < 30; i++) c += crc(b);
		for (int i = 0; i < 3000; i++) { d += dot(x, y); s += sum(a); }
		System.out.println(fib(25) + " " + c + " " + d + " " + s);

		Shape[] shapes = new Shape[300];
		for (int i = 0; i < shapes.length; i++)
			shapes[i] = i % 3 == 0 ? new Circle(i) : new Square(i);
		double area = 0;
		for (int i = 0; i < 500; i++)
			for (Shape p : shapes) area += p.area();
		System.out.println(area);

		/* Implicit null checks and overflowing stacks are faults. */
		int nulls = 0;
		String[] strings = { "a", null, "bb" };
		for (int i = 0; i < 30000; i++)
			try { nulls += strings[i % 3].length(); }
			catch (NullPointerException e) { nulls += 100; }
		int over = 0;
		for (int i = 0; i < 3; i++)
			try { depth(1 << 30); }
			catch (StackOverflowError e) { over++; }
		int zero = 0, div = 0;
		try { div = 1 / zero; } catch (ArithmeticException e) { div = -1; }
		System.out.println(nulls + " " + over + " " + div);

		Map<String, Integer> m = new TreeMap<>();
		for (int i = 0; i < 20000; i++) m.merge("k" + i % 97, i, Integer::sum);
		System.out.println(m.get("k13") + " " +
			IntStream.range(0, 50000).parallel().filter(i -> i % 7 == 3)
				.mapToLong(i -> i).sum());

		Object lock = new Object();
		int[] count = new int[1];
		Thread[] t = new Thread[4];
		for (int i = 0; i < t.length; i++)
			(t[i] = new Thread(() -> {
				for (int k = 0; k < 5000; k++)
					synchronized (lock) { count[0]++; }
			})).start();
		for (Thread q : t) q.join();
		List<byte[]> keep = new ArrayList<>();
		for (int i = 0; i < 4000; i++) {
			keep.add(new byte[4096]);
			if (keep.size() > 100) keep.clear();
		}
		System.gc();
		System.out.println(count[0] + " " +
			String.format("%.10f", Math.sin(1) + Math.pow(2, 0.5)));
	}
}
