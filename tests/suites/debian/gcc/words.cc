// words.cc - the C++ library: containers, streams, exceptions, threads.
#include <algorithm>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

struct shape {
	virtual ~shape() = default;
	virtual double area() const = 0;
};

struct square : shape {
	double side;
	explicit square(double s) : side(s) {}
	double area() const override { return side * side; }
};

struct circle : shape {
	double radius;
	explicit circle(double r) : radius(r) {}
	double area() const override { return 3.14159265358979 * radius * radius; }
};

static int
deep(int n)
{
	std::string guard(n, 'x');

	if (n == 0)
		throw std::runtime_error("from the bottom");
	return deep(n - 1) + static_cast<int>(guard.size());
}

int
main()
{
	std::istringstream in("the ferry carries the cart and the cart the apples");
	std::map<std::string, int> count;
	for (std::string word; in >> word;)
		count[word]++;
	for (const auto &[word, n] : count)
		std::cout << word << ' ' << n << '\n';

	std::vector<std::unique_ptr<shape>> shapes;
	shapes.push_back(std::make_unique<square>(2));
	shapes.push_back(std::make_unique<circle>(1));
	std::cout << std::accumulate(shapes.begin(), shapes.end(), 0.0,
		[](double sum, const auto &s) { return sum + s->area(); }) << '\n';

	try {
		deep(50);
	} catch (const std::exception &e) {
		std::cout << "caught " << e.what() << '\n';
	}
	try {
		std::vector<int>().at(3);
	} catch (const std::out_of_range &) {
		std::cout << "out of range\n";
	}

	std::vector<int> v(1000);
	std::iota(v.begin(), v.end(), 0);
	std::reverse(v.begin(), v.end());
	std::stable_sort(v.begin(), v.end(), [](int a, int b) {
		return a % 10 < b % 10;
	});
	std::cout << v.front() << ' ' << v[500] << ' ' << v.back() << '\n';

	std::vector<std::future<long>> sums;
	for (int i = 0; i < 4; i++)
		sums.push_back(std::async(std::launch::async, [i] {
			long sum = 0;
			for (long n = i; n < 100000; n += 4)
				sum += n;
			return sum;
		}));
	long sum = 0;
	for (auto &s : sums)
		sum += s.get();
	std::cout << sum << '\n';

	std::unordered_map<int, std::string> names{ { 1, "one" }, { 2, "two" } };
	std::cout << names[2] << names.size() << std::hex << 255 << '\n';
}
