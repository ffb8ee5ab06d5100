// What a watcher looks at: files of this machine, or an address.
#pragma once

#include "runtime/watch/watch.h"

#include <atomic>
#include <memory>
#include <string>

namespace writ::watch {

// What both do with what they found.
class Serving {
 public:
  Serving(Engine& served, const WatchOptions& given, const std::atomic<bool>& ends)
      : engine(served), options(given), stop(ends) {}
  bool open(const std::string& path, const std::string& what);
  bool apply(std::span<const std::byte> delta, const std::string& what);
  void step(std::string_view name) const {
    if (options.opening.step) options.opening.step(name);
  }
  bool told(const Activation& done, const std::string& what);
  bundle::Problem last;  // why the last one was refused

  Engine& engine;
  const WatchOptions& options;
  const std::atomic<bool>& stop;
  std::atomic<std::uint64_t> swapped{0}, refused{0}, unchanged{0}, fetched{0};
};

class Source {
 public:
  virtual ~Source() = default;
  // Says what is wrong with the source, or nothing.
  virtual std::string look() = 0;
  // The folder in which something happens when there is news; empty: there is none.
  virtual std::string folder() const = 0;
};
std::unique_ptr<Source> files_of(std::string path, Serving& serving);
std::unique_ptr<Source> address_of(std::string url, Serving& serving);

}  // namespace writ::watch
