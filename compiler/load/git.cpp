// Input and errors go through files in memory and output through a pipe, so nothing waits for anything else to be read.
#include "compiler/load/git.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace writ::load_detail {

namespace {

constexpr std::size_t most_said = 4'096;

void read_all(int descriptor, std::string& text, std::size_t most) {
  std::array<char, 65'536> piece{};
  for (;;) {
    const ssize_t got = ::read(descriptor, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    const auto room = most - std::min(most, text.size());
    text.append(piece.data(), std::min(room, static_cast<std::size_t>(got)));
  }
}

// A file in memory that holds `text` and is read from its beginning; -1 when there is none to be had.
int in_memory(std::string_view text) {
  const int descriptor = ::memfd_create("writ", MFD_CLOEXEC);
  if (descriptor < 0) return -1;
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t put = ::write(descriptor, text.data() + at, text.size() - at);
    if (put < 0) return ::close(descriptor), -1;
    at += static_cast<std::size_t>(put);
  }
  ::lseek(descriptor, 0, SEEK_SET);
  return descriptor;
}

}  // namespace

GitAnswer git(const std::vector<std::string>& arguments, std::string_view input, std::size_t most) {
  GitAnswer ran;
  std::vector<std::string> words = {"git"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int in = in_memory(input), err = in_memory({});
  std::array<int, 2> out = {-1, -1};
  pid_t child = -1;
  if (in >= 0 && err >= 0 && ::pipe2(out.data(), O_CLOEXEC) == 0) {
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    const int failed = ::posix_spawnp(&child, "git", &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) ran.err = std::string("git cannot be run: ") + std::strerror(failed), child = -1;
    ::close(out[1]);
    if (child > 0) read_all(out[0], ran.out, most + 1);
    ::close(out[0]);
  } else {
    ran.err = std::string("git cannot be run: ") + std::strerror(errno);
  }
  int status = 0;
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (child > 0 && err >= 0) {
    ::lseek(err, 0, SEEK_SET);
    read_all(err, ran.err, most_said);
  }
  for (const int descriptor : {in, err})
    if (descriptor >= 0) ::close(descriptor);
  ran.good = child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (ran.good && ran.out.size() > most) {
    ran.good = false;
    ran.err = "there is more than is read: " + std::to_string(most) + " bytes";
  }
  return ran;
}

std::string first_line(std::string text) {
  text.resize(std::min(text.find('\n'), text.size()));
  for (const std::string_view lead : {"fatal: ", "error: "})
    if (text.starts_with(lead)) text.erase(0, lead.size());
  return text;
}

std::string no_such_revision(const std::string& revision, const std::string& top, const std::string& folder) {
  // A CI system clones the last commit alone, unless it is told otherwise.
  const auto shallow = git({"-C", top, "rev-parse", "--is-shallow-repository"}, {}, most_said);
  const bool cut = shallow.good && shallow.out.starts_with("true");
  return "there is no revision `" + revision + "` in the repository of `" + folder + "`" +
         (cut ? ", which was cloned without its history: `git fetch --unshallow`, or in CI `fetch-depth: 0` or "
                "`GIT_DEPTH: 0`"
              : "");
}

}  // namespace writ::load_detail
