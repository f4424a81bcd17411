// A fixed number of threads that work through tasks.
//
// It knows no priorities and no results: a task writes where its owner looks. A thread
// that has nothing more to do looks out for work for some 100 microseconds before it
// sleeps, since loops tend to come in quick succession.
// Tasks do not throw; one that does stops the program.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace temper {

// All functions may be called from any thread, also from within a task.
class ThreadPool {
 public:
  // For loops that N threads work on, N - 1: their caller works too. With 0, all is done by
  // who calls: loops by the caller alone, and tasks where they are submitted. Fewer
  // than asked for where the system gives no more; stops the program where it gives none.
  explicit ThreadPool(std::size_t threads);
  // Does what has been submitted, and then ends the threads. Not from within a task.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::size_t thread_count() const { return threads_.size(); }

  // Tasks are begun in the order in which they were submitted, and before threads help
  // with a loop.
  void submit(std::function<void()> task);

  // Calls work(0) to work(count - 1), each once, in no order, on the threads and on
  // the caller's; returns when all of them have, and with all that they wrote in
  // sight. May be nested as deep as one likes: whoever waits here waits only for
  // calls that are already being worked on.
  void parallel_for(std::size_t count, const std::function<void(std::size_t index)>& work);

 private:
  class Loop;

  std::size_t announce(std::size_t wanted);
  void work_until_end();
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  void run_task(std::unique_lock<std::mutex>& lock);
  void help_with(Loop& loop, std::unique_lock<std::mutex>& lock);
  void take_off(const Loop& loop);

  std::mutex mutex_;  // of the five below
  std::deque<std::function<void()>> tasks_;
  std::vector<Loop*> loops_;  // that may have calls to hand out, each in its parallel_for
  bool ending_ = false;
  std::size_t looking_ = 0;  // threads that have nothing to do, and have not slept yet
  std::size_t asleep_ = 0;
  std::atomic<std::uint64_t> announced_{0};  // changes with the above, to be seen unlocked
  std::condition_variable changed_;
  std::vector<std::thread> threads_;
};

}  // namespace temper
