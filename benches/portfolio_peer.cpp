// Value at risk of correlated assets in double precision with the C library's functions, on every core: what one would write
// in C++ without vectors in mind. Reads the portfolio from standard input, prints nanoseconds a path.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <thread>
#include <vector>

namespace {

struct Portfolio {
  int assets = 0;
  int steps = 0;
  int scenarios = 0;
  std::vector<double> exposures;
  std::vector<double> drifts;
  // Rows of the Cholesky factor without the zeros.
  std::vector<double> factor;
};

bool read_numbers(std::vector<double>& numbers, std::size_t count) {
  numbers.resize(count);
  for (double& number : numbers) {
    if (std::scanf("%lf", &number) != 1) return false;
  }
  return true;
}

bool read_portfolio(Portfolio& portfolio) {
  if (std::scanf("%d %d %d", &portfolio.assets, &portfolio.steps, &portfolio.scenarios) != 3) {
    return false;
  }
  const auto assets = static_cast<std::size_t>(portfolio.assets);
  return read_numbers(portfolio.exposures, assets) && read_numbers(portfolio.drifts, assets) &&
         read_numbers(portfolio.factor, assets * (assets + 1) / 2);
}

void simulate(const Portfolio& portfolio, std::uint64_t seed, double* out, int count) {
  std::mt19937_64 words(seed);
  const auto uniform = [&words] { return (static_cast<double>(words() >> 11) + 0.5) * 0x1p-53; };
  const auto assets = static_cast<std::size_t>(portfolio.assets);
  std::vector<double> normals(assets + 1);
  std::vector<double> sums(assets);
  for (int scenario = 0; scenario < count; ++scenario) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (int step = 0; step < portfolio.steps; ++step) {
      for (std::size_t asset = 0; asset < assets; asset += 2) {
        const double radius = std::sqrt(-2.0 * std::log(uniform()));
        const double angle = 6.283185307179586 * uniform();
        normals[asset] = radius * std::cos(angle);
        normals[asset + 1] = radius * std::sin(angle);
      }
      const double* entry = portfolio.factor.data();
      for (std::size_t asset = 0; asset < assets; ++asset) {
        double shock = portfolio.drifts[asset];
        for (std::size_t k = 0; k <= asset; ++k) shock += *entry++ * normals[k];
        sums[asset] += shock;
      }
    }
    double total = 0.0;
    for (std::size_t asset = 0; asset < assets; ++asset) {
      total += portfolio.exposures[asset] * std::expm1(sums[asset]);
    }
    out[scenario] = total;
  }
}

}  // namespace

int main() {
  Portfolio portfolio;
  if (!read_portfolio(portfolio)) return 1;
  const auto start = std::chrono::steady_clock::now();
  std::vector<double> outcomes(static_cast<std::size_t>(portfolio.scenarios));
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::vector<std::thread> threads;
  for (int core = 0; core < cores; ++core) {
    const int first = static_cast<int>(static_cast<std::int64_t>(portfolio.scenarios) * core / cores);
    const int next =
        static_cast<int>(static_cast<std::int64_t>(portfolio.scenarios) * (core + 1) / cores);
    threads.emplace_back(simulate, std::cref(portfolio), static_cast<std::uint64_t>(core) + 1,
                         outcomes.data() + first, next - first);
  }
  for (std::thread& thread : threads) thread.join();
  const auto place = outcomes.begin() + portfolio.scenarios / 100;
  std::nth_element(outcomes.begin(), place, outcomes.end());
  double shortfall = 0.0;
  for (auto outcome = outcomes.begin(); outcome != place; ++outcome) shortfall += *outcome;
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  // The figures are printed so that none of the work can be left out.
  std::printf("%.6f %.6f %.6f\n", took.count() / portfolio.scenarios, -*place,
              -shortfall / (portfolio.scenarios / 100));
  return 0;
}
