#include "base/thread_pool.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/verify.h"

namespace temper {
namespace {

template <typename Call>
void run_without_throwing(const Call& call) {
  try {
    call();
  } catch (...) {
    VERIFY(false, "a task does not throw");
  }
}

// Loops follow each other within microseconds, while to be woken takes tens of them. So
// who has to wait looks again and again for a while before it sleeps; for most of that
// while, others that want the processor may have it in between.
constexpr std::chrono::microseconds kPatience{100};
constexpr std::chrono::microseconds kSelfish{10};

void pause_processor() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb");
#endif
}

// Returns when `ready()` is true, or when patience is at an end.
template <typename Ready>
void look_for_a_while(const Ready& ready) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  for (Clock::duration waited{0}; waited < kPatience; waited = Clock::now() - start) {
    for (int look = 0; look < 16; ++look) {
      if (ready()) return;
      pause_processor();
    }
    if (waited > kSelfish) std::this_thread::yield();
  }
}

}  // namespace

// The calls of one parallel_for, handed out one by one to whoever asks.
class ThreadPool::Loop {
 public:
  Loop(std::size_t count, const std::function<void(std::size_t)>& work)
      : count_(count), work_(work) {}

  // Works until every call has been handed out.
  void work() {
    for (std::size_t index; (index = next_.fetch_add(1)) < count_;) {
      run_without_throwing([&] { work_(index); });
    }
  }

  // Under the pool's lock, as the two below: who is let out by it no longer touches this.
  void enter() { helpers_.fetch_add(1); }
  void leave() {
    if (helpers_.fetch_sub(1) == 1) left_.notify_one();
  }
  void wait_for_helpers(std::unique_lock<std::mutex>& lock) {
    if (!is_left()) {
      lock.unlock();
      look_for_a_while([this] { return is_left(); });
      lock.lock();
    }
    left_.wait(lock, [this] { return is_left(); });
  }

 private:
  bool is_left() const { return helpers_.load() == 0; }

  const std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> helpers_{0};
  std::condition_variable left_;
};

ThreadPool::ThreadPool(std::size_t threads) {
  threads_.reserve(threads);
  try {
    while (threads_.size() < threads) threads_.emplace_back([this] { work_until_end(); });
  } catch (const std::system_error&) {
    VERIFY(!threads_.empty(), "the system gives a thread to a pool");
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    announced_.fetch_add(1);
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::submit(std::function<void()> task) {
  if (threads_.empty()) return run_without_throwing(task);
  std::size_t to_wake = 0;
  {
    const std::lock_guard lock(mutex_);
    to_wake = announce(1);
    tasks_.push_back(std::move(task));
  }
  if (to_wake > 0) changed_.notify_one();
}

// Under the lock, when there is something new: tells those that look, and returns how many
// of those that sleep are to be woken. Each task that waits is left one that looks.
std::size_t ThreadPool::announce(std::size_t wanted) {
  announced_.fetch_add(1);
  const std::size_t free = looking_ - std::min(looking_, tasks_.size());
  return std::min(asleep_, wanted - std::min(wanted, free));
}

void ThreadPool::work_until_end() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (!tasks_.empty()) {
      run_task(lock);
    } else if (!loops_.empty()) {
      help_with(*loops_.front(), lock);
    } else if (ending_) {
      return;
    } else {
      wait_for_work(lock);
    }
  }
}

void ThreadPool::wait_for_work(std::unique_lock<std::mutex>& lock) {
  ++looking_;
  const std::uint64_t seen = announced_.load();
  lock.unlock();
  look_for_a_while([&] { return announced_.load() != seen; });
  lock.lock();
  --looking_;
  ++asleep_;
  changed_.wait(lock, [this] { return ending_ || !tasks_.empty() || !loops_.empty(); });
  --asleep_;
}

void ThreadPool::run_task(std::unique_lock<std::mutex>& lock) {
  std::function<void()> task = std::move(tasks_.front());
  tasks_.pop_front();
  lock.unlock();
  run_without_throwing(task);
  task = nullptr;  // what it holds is not destroyed under the lock
  lock.lock();
}

void ThreadPool::help_with(Loop& loop, std::unique_lock<std::mutex>& lock) {
  loop.enter();
  lock.unlock();
  loop.work();
  lock.lock();
  take_off(loop);  // before it is left: then it is gone
  loop.leave();
}

void ThreadPool::take_off(const Loop& loop) {
  const auto found = std::find(loops_.begin(), loops_.end(), &loop);
  if (found != loops_.end()) loops_.erase(found);
}

void ThreadPool::parallel_for(std::size_t count,
                              const std::function<void(std::size_t index)>& work) {
  Loop loop(count, work);
  if (count <= 1 || threads_.empty()) return loop.work();
  std::size_t to_wake = 0;
  {
    const std::lock_guard lock(mutex_);
    to_wake = announce(count - 1);
    loops_.push_back(&loop);
  }
  for (std::size_t i = 0; i < to_wake; ++i) changed_.notify_one();
  loop.work();
  std::unique_lock lock(mutex_);
  take_off(loop);
  loop.wait_for_helpers(lock);
}

}  // namespace temper
