#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
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

  // Under the pool's lock, as the two below.
  void enter() { ++helpers_; }
  void leave() {
    if (--helpers_ == 0) left_.notify_one();
  }
  void wait_for_helpers(std::unique_lock<std::mutex>& lock) {
    left_.wait(lock, [this] { return helpers_ == 0; });
  }

 private:
  const std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  std::atomic<std::size_t> next_{0};
  std::size_t helpers_ = 0;
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
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::submit(std::function<void()> task) {
  if (threads_.empty()) return run_without_throwing(task);
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void ThreadPool::work_until_end() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !tasks_.empty() || !loops_.empty(); });
    if (!tasks_.empty()) {
      run_task(lock);
    } else if (!loops_.empty()) {
      help_with(*loops_.front(), lock);
    } else {
      return;
    }
  }
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
  if (count == 0) return;
  Loop loop(count, work);
  const std::size_t helpers = std::min(count - 1, threads_.size());
  if (helpers > 0) {
    const std::lock_guard lock(mutex_);
    loops_.push_back(&loop);
  }
  for (std::size_t i = 0; i < helpers; ++i) changed_.notify_one();
  loop.work();
  std::unique_lock lock(mutex_);
  take_off(loop);
  loop.wait_for_helpers(lock);
}

}  // namespace temper
