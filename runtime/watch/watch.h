// Keeps an engine at the latest version of a channel: follows a file, a folder, or an address. What is there is opened as by hand (activation.h):
// whatever is wrong with it, what serves serves on, and it is told why.
//
// A *file* is a bundle that is replaced by renaming another over it. Of a *folder* the bundle of the highest version that may serve is taken, and
// deltas that lie beside it are laid over it. Both are followed by inotify, and looked at now and then besides, for file systems that tell nothing.
//
// An *address* (https) is that of a small signed text that says which version is the latest (runtime/bundle/latest.h), beside files that never
// change. Any web server will do. The text is asked for with its ETag; what it names is fetched once, goes on where it was broken off, and lies in
// `cache` before it serves, so that who is started again serves it without a network. After failures it is asked less often.
#pragma once

#include "runtime/engine/activation.h"
#include "runtime/engine/engine.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace writ {

struct WatchOptions {
  std::string source;  // a file, a folder, or https://…
  std::string cache;   // of an address: the folder of what was fetched; nobody else writes there
  Opening opening;
  std::chrono::milliseconds poll{30'000};  // give or take a fifth
  std::chrono::milliseconds longest{
      600'000};             // between two tries, each after a failure twice as long as the one before
  std::string ca_file;      // PEM, in place of the system's
  bool plain_http = false;  // http:// too, for servers of this machine
  std::function<void(const Activation&, const std::string& what)>
      report{};  // each bundle that was swapped in or refused
};

struct WatchStatus {
  std::uint64_t looked = 0, swapped = 0, refused = 0;
  std::uint64_t unchanged = 0, fetched = 0;  // of an address: answers without news; bytes of files
  std::uint64_t failures = 0;                // in a row
  std::string last_problem;                  // of the last look; empty: there was none
};

class Watcher {
 public:
  // The engine must outlive it. Nothing is done before `look` or `start`.
  Watcher(Engine& engine, WatchOptions options);
  ~Watcher();  // ends what `start` began, what is being fetched included
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // Once, now; says what is wrong with the source, or nothing. What is refused is told by `report`.
  std::string look();
  // On a thread of its own, from now on.
  void start();
  WatchStatus status() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace writ
