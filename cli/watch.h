// Waiting until a policy changes, by inotify. Folders are watched, not files: editors write a new file and rename it.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace writ::cli {

class Watch {
 public:
  // From here on an interrupt (SIGINT, SIGTERM) ends `wait` instead of the process.
  Watch();
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Watches these files, these folders and all folders below them; what is watched already stays so. Call it before the files are read:
  // what changes meanwhile is then seen. Says what is wrong, or nothing.
  std::string add(const std::vector<std::string>& paths);
  std::size_t folders() const { return folders_.size(); }

  // Sleeps until a file of a policy was written, moved, made or deleted in one of the folders, and then until nothing has happened for a
  // moment: a checkout is one change. False when it was interrupted.
  bool wait();

 private:
  std::string add_folder(const std::string& folder);
  bool take_events();

  int events_ = -1, signals_ = -1;
  std::set<std::string> folders_;
  std::set<std::string> files_;  // names that count although they do not end in `.writ`
};

}  // namespace writ::cli
