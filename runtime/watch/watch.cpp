// The thread of a watcher: waits for news or for its time, looks, and waits longer after each failure.
#include "runtime/watch/watch.h"

#include "runtime/watch/source.h"

#include <algorithm>
#include <array>
#include <exception>
#include <mutex>
#include <random>
#include <thread>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace writ {

namespace watch {

bool Serving::told(const Activation& done, const std::string& what) {
  ++(done.ok() ? swapped : refused);
  last = done.problem;
  if (options.report) options.report(done, what);
  return done.ok();
}
bool Serving::open(const std::string& path, const std::string& what) {
  return told(engine.open(path, options.opening), what);
}
bool Serving::apply(std::span<const std::byte> delta, const std::string& what) {
  return told(engine.apply(delta, options.opening), what);
}

}  // namespace watch

struct Watcher::State {
  State(Engine& engine, WatchOptions given)
      : options(std::move(given)),
        serving(engine, options, stop),
        source(is_address() ? watch::address_of(options.source, serving) : watch::files_of(options.source, serving)),
        told(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~State() {
    stop = true;
    const std::uint64_t one = 1;
    static_cast<void>(::write(told, &one, sizeof one));
    if (thread.joinable()) thread.join();
    ::close(told);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  bool is_address() const { return options.source.starts_with("https://") || options.source.starts_with("http://"); }

  std::string look() {
    const std::lock_guard lock(looking);
    std::string wrong;
    try {
      wrong = source->look();
    } catch (const std::exception& failure) {
      wrong = std::string("`") + options.source + "` cannot be looked at: " + failure.what();
    }
    serving.engine.reclaim();  // of the bundle before, whatever requests kept when it was replaced
    const std::lock_guard telling(mutex);
    ++looked;
    failures = wrong.empty() ? 0 : failures + 1;
    last_problem = wrong;
    return wrong;
  }

  // How long until it is looked at again when nothing is told.
  std::chrono::milliseconds wait_for() {
    std::uint64_t failed = 0;
    {
      const std::lock_guard lock(mutex);
      failed = std::min<std::uint64_t>(failures, 20);
    }
    const auto wait =
        std::min<std::int64_t>(options.poll.count() << failed, std::max(options.poll, options.longest).count());
    return std::chrono::milliseconds(std::max<std::int64_t>(
        1, static_cast<std::int64_t>(static_cast<double>(wait) * std::uniform_real_distribution(0.8, 1.2)(random))));
  }

  void run() {
    while (!stop) {
      // Before the look, so that what comes while it lasts is news.
      const int news = is_address() ? -1 : ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
      if (news >= 0)
        ::inotify_add_watch(news, source->folder().c_str(),
                            IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF);
      look();
      for (bool quiet = true; quiet && !stop;) quiet = wait(news);
      if (news >= 0) ::close(news);
    }
  }

  // False when it is time to begin anew; looks when there is news.
  bool wait(int news) {
    std::array<pollfd, 2> files{{{told, POLLIN, 0}, {news, POLLIN, 0}}};
    const auto ready = ::poll(files.data(), news >= 0 ? 2 : 1, static_cast<int>(wait_for().count()));
    if (ready <= 0 || stop) return false;
    // What is renamed in one breath is one piece of news.
    ::poll(files.data(), 1, 20);
    alignas(inotify_event) std::array<char, 4096> events{};
    bool moved = false;
    for (ssize_t size = 0; (size = ::read(news, events.data(), events.size())) > 0;)
      for (ssize_t at = 0; at < size;) {
        const auto* event = reinterpret_cast<const inotify_event*>(events.data() + at);
        moved = moved || (event->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_Q_OVERFLOW)) != 0;
        at += static_cast<ssize_t>(sizeof *event + event->len);
      }
    if (!moved) look();
    return !moved;
  }

  WatchOptions options;
  std::atomic<bool> stop{false};
  watch::Serving serving;
  std::unique_ptr<watch::Source> source;
  int told = -1;  // that it is to end
  std::mt19937_64 random{std::random_device{}()};
  std::mutex looking;  // one look at a time
  mutable std::mutex mutex;
  std::uint64_t looked = 0, failures = 0;
  std::string last_problem;
  std::thread thread;
};

Watcher::Watcher(Engine& engine, WatchOptions options) : state_(std::make_unique<State>(engine, std::move(options))) {}
Watcher::~Watcher() = default;

std::string Watcher::look() { return state_->look(); }

void Watcher::start() {
  if (!state_->thread.joinable()) state_->thread = std::thread([this] { state_->run(); });
}

WatchStatus Watcher::status() const {
  const std::lock_guard lock(state_->mutex);
  const auto& serving = state_->serving;
  return {state_->looked,  serving.swapped,  serving.refused,     serving.unchanged,
          serving.fetched, state_->failures, state_->last_problem};
}

}  // namespace writ
