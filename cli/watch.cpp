// See watch.h. One descriptor brings events, another the signals; the process sleeps in poll between them.
#include "cli/watch.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace writ::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t changes = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ONLYDIR;
constexpr int quiet_ms = 60;  // without an event, until a change is taken to be whole

sigset_t interrupts() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

Watch::Watch() : events_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  const sigset_t set = interrupts();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  signals_ = ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

Watch::~Watch() {
  if (events_ >= 0) ::close(events_);
  if (signals_ >= 0) ::close(signals_);
  const sigset_t set = interrupts();
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

std::string Watch::add_folder(const std::string& folder) {
  if (folders_.contains(folder)) return {};
  if (events_ < 0 || signals_ < 0 || ::inotify_add_watch(events_, folder.c_str(), changes) < 0) {
    if (errno == ENOSPC)
      return fmt::format("cannot watch `{}`: the system has no more watches; raise fs.inotify.max_user_watches",
                         folder);
    return fmt::format("cannot watch `{}`: {}", folder, std::strerror(errno));
  }
  folders_.insert(folder);
  return {};
}

std::string Watch::add(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    std::error_code failed;
    if (!fs::is_directory(path, failed)) {
      const fs::path file(path);
      files_.insert(file.filename().string());
      const auto folder = file.parent_path().string();
      if (auto wrong = add_folder(folder.empty() ? "." : folder); !wrong.empty()) return wrong;
      continue;
    }
    if (auto wrong = add_folder(path); !wrong.empty()) return wrong;
    for (fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied, failed), end;
         !failed && at != end; at.increment(failed)) {
      if (!at->is_directory(failed)) continue;
      if (at->path().filename().string().starts_with('.')) {
        at.disable_recursion_pending();  // .git, where nothing is read either
        continue;
      }
      if (auto wrong = add_folder(at->path().string()); !wrong.empty()) return wrong;
    }
  }
  return {};
}

// Whether one of the events that have come is about a policy.
bool Watch::take_events() {
  alignas(inotify_event) std::array<char, 16'384> buffer{};
  bool any = false;
  for (;;) {
    const ssize_t size = ::read(events_, buffer.data(), buffer.size());
    if (size <= 0) return any;
    for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(size);) {
      inotify_event event;
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const std::string name(event.len > 0 ? buffer.data() + at + sizeof event : "");
      // What did not fit is lost: anything may have changed. A new folder may hold files already.
      any = any || (event.mask & (IN_Q_OVERFLOW | IN_ISDIR)) != 0 || name.ends_with(".writ") || files_.contains(name);
      at += sizeof event + event.len;
    }
  }
}

bool Watch::wait() {
  std::array<pollfd, 2> from = {{{events_, POLLIN, 0}, {signals_, POLLIN, 0}}};
  bool changed = false;
  for (;;) {
    const int ready = ::poll(from.data(), from.size(), changed ? quiet_ms : -1);
    if (ready < 0 && errno != EINTR) return false;
    if (ready == 0) return true;
    if (ready > 0 && (from[1].revents & POLLIN) != 0) {
      signalfd_siginfo taken;  // else it would end the process when it is let through again
      [[maybe_unused]] const auto size = ::read(signals_, &taken, sizeof taken);
      return false;
    }
    if (ready > 0) changed = take_events() || changed;
  }
}

}  // namespace writ::cli
