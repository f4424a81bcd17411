#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <memory>

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

// The calls of one parallel_for, handed out one by one to whoever asks.
class Loop {
 public:
  Loop(std::size_t count, const std::function<void(std::size_t)>& work)
      : count_(count), work_(work) {}

  // Works until every call has been handed out. A helper that comes when all is
  // done finds nothing, and so never touches `work`, which is gone by then.
  void help() {
    std::size_t done = 0;
    for (std::size_t index; (index = next_.fetch_add(1)) < count_; ++done) {
      run_without_throwing([&] { work_(index); });
    }
    if (done > 0 && finished_.fetch_add(done) + done == count_) finished_.notify_all();
  }

  void wait() {
    for (std::size_t seen; (seen = finished_.load()) < count_;) finished_.wait(seen);
  }

 private:
  const std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> finished_{0};
};

}  // namespace

ThreadPool::ThreadPool(std::size_t threads) {
  VERIFY(threads > 0, "a pool has a thread");
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work_until_end(); });
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
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void ThreadPool::work_until_end() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    run_without_throwing(task);
    task = nullptr;  // what it holds is not destroyed under the lock
    lock.lock();
  }
}

void ThreadPool::parallel_for(std::size_t count,
                              const std::function<void(std::size_t index)>& work) {
  if (count == 0) return;
  const auto loop = std::make_shared<Loop>(count, work);
  const std::size_t helpers = std::min(count - 1, threads_.size());
  for (std::size_t i = 0; i < helpers; ++i) submit([loop] { loop->help(); });
  loop->help();
  loop->wait();
}

}  // namespace temper
