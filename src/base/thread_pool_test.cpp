#include "base/thread_pool.h"
#include "support/processes.h"

#include <doctest/doctest.h>
#include <malloc.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <latch>

namespace temper {
namespace {

TEST_CASE("thread pool: every index once, whatever the number of threads") {
  for (const std::size_t threads : std::initializer_list<std::size_t>{0, 1, 2, 3, 8}) {
    ThreadPool pool(threads);
    CHECK(pool.thread_count() == threads);
    for (const std::size_t count : std::initializer_list<std::size_t>{0, 1, 2, 7, 1000}) {
      std::vector<int> calls(count, 0);
      pool.parallel_for(count, [&](std::size_t index) { ++calls[index]; });
      CHECK(calls == std::vector<int>(count, 1));
    }
  }
}

TEST_CASE("thread pool: nested loops end, also with one thread or none") {
  for (const std::size_t threads : std::initializer_list<std::size_t>{0, 1, 2, 5}) {
    ThreadPool pool(threads);
    std::atomic<std::uint64_t> sum{0};
    pool.parallel_for(6, [&](std::size_t a) {
      pool.parallel_for(7, [&](std::size_t b) {
        pool.parallel_for(8, [&](std::size_t c) { sum += a * 100 + b * 10 + c; });
      });
    });
    CHECK(sum == 100 * 15 * 56 + 10 * 21 * 48 + 28 * 42);
  }
}

TEST_CASE("thread pool: a loop does not wait for tasks that block") {
  ThreadPool pool(1);
  std::latch release(1);
  pool.submit([&] { release.wait(); });
  int calls = 0;
  pool.parallel_for(3, [&](std::size_t) { ++calls; });
  CHECK(calls == 3);
  release.count_down();
}

TEST_CASE("thread pool: loops that are done leave nothing behind") {
  ThreadPool pool(1);
  std::latch blocked(1);
  std::latch release(1);
  pool.submit([&] {
    blocked.count_down();
    release.wait();
  });
  blocked.wait();
  const auto bytes_in_use = [] { return ::mallinfo2().uordblks; };
  const std::size_t before = bytes_in_use();
  for (int turn = 0; turn < 20'000; ++turn) {
    pool.parallel_for(2, [](std::size_t) {});
  }
  // Nothing is seen where a sanitizer has its own allocator.
  CHECK(bytes_in_use() < before + 100'000);
  release.count_down();
}

TEST_CASE("thread pool: where the system gives no more threads, it works with those it has") {
  NEEDS_PROGRAMS();
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  std::puts("SKIPPED: fewer threads than wanted: a sanitizer needs all of the address space");
#else
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_AS, &before) == 0);
  const rlimit small{std::size_t{2} << 30U, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_AS, &small) == 0);
  {
    ThreadPool pool(2000);
    CHECK(pool.thread_count() > 0);
    CHECK(pool.thread_count() < 2000);
    std::vector<int> calls(1000, 0);
    pool.parallel_for(calls.size(), [&](std::size_t index) { ++calls[index]; });
    CHECK(calls == std::vector<int>(1000, 1));
  }
  REQUIRE(::setrlimit(RLIMIT_AS, &before) == 0);
#endif
}

TEST_CASE("thread pool: tasks run in order, and all of them before the end") {
  std::vector<int> order;
  {
    ThreadPool pool(1);
    for (int i = 0; i < 100; ++i) {
      pool.submit([&order, &pool, i] {
        order.push_back(i);
        if (i == 99) pool.submit([&order] { order.push_back(100); });
      });
    }
  }
  CHECK(order.size() == 101);
  for (std::size_t i = 0; i < order.size(); ++i) CHECK(order[i] == static_cast<int>(i));
}

TEST_CASE("thread pool: without threads, tasks are done where they are submitted") {
  ThreadPool pool(0);
  std::vector<std::thread::id> done_by;
  pool.submit([&] { done_by.push_back(std::this_thread::get_id()); });
  CHECK(done_by == std::vector{std::this_thread::get_id()});
}

TEST_CASE("thread pool: the caller helps, and several callers share the threads") {
  ThreadPool pool(2);
  std::vector<std::thread> callers;
  callers.reserve(4);
  std::vector<std::uint64_t> sums(4, 0);
  for (std::uint64_t& sum : sums) {
    callers.emplace_back([&pool, &sum] {
      for (int turn = 0; turn < 50; ++turn) {
        std::vector<std::uint64_t> squares(64);
        pool.parallel_for(squares.size(), [&](std::size_t i) { squares[i] = i * i; });
        for (const std::uint64_t square : squares) sum += square;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(sums == std::vector<std::uint64_t>(4, 50 * 85344));
}

}  // namespace
}  // namespace temper
