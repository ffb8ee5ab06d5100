// The file of what was seen: lines, and behind them the SHA-256 of these lines.
//
//     writ state 1
//     seen production 43 5d0c…
//     seen staging 90 77aa… back 88 0e1f…
//     sha256 c02f…
#include "runtime/bundle/trust.h"
#include "runtime/bundle/words.h"
#include "runtime/password/new_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace writ::bundle {

namespace {

constexpr std::string_view first_line = "writ state 1";

Problem bad(std::string what) { return {Reason::bad_state, std::move(what)}; }
std::string hash_line(std::string_view text) {
  return "sha256 " + to_hex(digest_of(std::as_bytes(std::span(text)))) + "\n";
}

bool read_line(const std::vector<std::string_view>& words, Seen& seen) {
  const bool back = words.size() == 7;
  if (words.size() != 4 && !back) return false;
  const auto highest = number_of(words[2]);
  if (words[0] != "seen" || !is_channel(words[1]) || !highest || !from_hex(words[3], seen.root)) return false;
  seen.channel = words[1];
  seen.highest = *highest;
  if (!back) return true;
  seen.back_to = number_of(words[5]);
  return words[4] == "back" && seen.back_to && from_hex(words[6], seen.back_root);
}

}  // namespace

std::string to_text(const std::vector<Seen>& all) {
  std::string text = std::string(first_line) + "\n";
  for (const auto& seen : all) {
    text += "seen " + seen.channel + " " + std::to_string(seen.highest) + " " + to_hex(seen.root);
    if (seen.back_to) text += " back " + std::to_string(*seen.back_to) + " " + to_hex(seen.back_root);
    text += "\n";
  }
  return text + hash_line(text);
}

Problem read_state(std::string_view text, std::vector<Seen>& all) {
  std::vector<Seen> read;
  const auto lines = lines_of(text);
  if (lines.size() < 2 || lines[0] != first_line) return bad("it does not begin as a state does");
  for (std::size_t i = 1; i + 1 < lines.size(); ++i)
    if (!read_line(words_of(lines[i]), read.emplace_back()))
      return bad("line " + std::to_string(i + 1) + " of it says nothing");
  if (to_text(read) != text) return bad("it is damaged");
  all = std::move(read);
  return {};
}

// The lock is a file of its own, because the state is replaced and not written into.
Problem State::open(const std::string& path) {
  path_ = path;
  const auto lock = path + ".lock";
  lock_ = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_ < 0) return bad("cannot lock `" + lock + "`: " + std::strerror(errno));
  while (::flock(lock_, LOCK_EX) != 0)
    if (errno != EINTR) return bad("cannot lock `" + lock + "`: " + std::strerror(errno));
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return {};
  std::string text;
  if (auto problem = read_text(path, text)) return bad(problem.detail);
  auto problem = read_state(text, all_);
  if (problem) problem.detail = "`" + path + "`: " + problem.detail;
  return problem;
}

State::~State() {
  if (lock_ >= 0) ::close(lock_);
}

std::optional<Seen> State::seen(std::string_view channel) const {
  const auto found = std::ranges::find(all_, channel, &Seen::channel);
  return found == all_.end() ? std::nullopt : std::optional(*found);
}

Problem State::record(const Seen& seen) {
  auto found = std::ranges::find(all_, seen.channel, &Seen::channel);
  if (found != all_.end() && *found == seen) return {};
  if (found == all_.end()) found = all_.insert(all_.end(), seen);
  *found = seen;
  const auto text = to_text(all_);
  password::NewFile file;
  for (const auto& wrong :
       {file.create(path_), file.write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}),
        file.commit()})
    if (!wrong.empty()) return bad(wrong);
  return {};
}

}  // namespace writ::bundle
