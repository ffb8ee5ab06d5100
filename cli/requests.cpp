// Lines are given out where they lie in one large block that is filled again and again. A line longer than a request may be is read to its end and
// thrown away, so that the next one starts where it should and memory stays flat.
#include "cli/requests.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include <poll.h>
#include <unistd.h>

namespace writ::cli {

namespace {

constexpr std::size_t chunk = 256u << 10;
constexpr std::size_t longest = JsonLimits{}.bytes;

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

// Why the last call failed, as the middle of a sentence.
std::string reason() {
  std::string text = std::strerror(errno);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

// Whether `line` opens an object that is not closed on it.
bool is_unfinished(std::string_view line) {
  if (line.find_first_not_of(" \t\r\n") == std::string_view::npos || line[line.find_first_not_of(" \t\r\n")] != '{')
    return false;
  int depth = 0;
  bool quoted = false, escaped = false;
  for (const char c : line) {
    if (escaped)
      escaped = false;
    else if (quoted && c == '\\')
      escaped = true;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == '{' || c == '['))
      ++depth;
    else if (!quoted && (c == '}' || c == ']'))
      --depth;
  }
  return depth > 0;
}

bool would_wait(int descriptor) {
  struct pollfd one = {descriptor, POLLIN, 0};
  return ::poll(&one, 1, 0) == 0;
}

bool is_json(const std::string& path) {
  return path.ends_with(".json") || path.ends_with(".jsonl") || path.ends_with(".ndjson");
}

bool is_policy(const std::string& path) {
  std::error_code ignored;
  return path.ends_with(".writ") || std::filesystem::is_directory(path, ignored);
}

}  // namespace

std::string wrong_pair(std::string_view verb, const std::string& policy, const std::string& requests) {
  std::error_code ignored;
  if (policy == "-" && requests == "-") return "policy and request cannot both be `-`: there is one standard input";
  if (is_json(policy) && is_policy(requests))
    return "the policy comes first: `writ " + std::string(verb) + " " + requests + " " + policy + "`";
  const auto inside = std::filesystem::path(policy) / requests;
  if (requests != "-" && !std::filesystem::exists(requests, ignored) && std::filesystem::exists(inside, ignored))
    return "there is no `" + requests + "`, did you mean `" + inside.string() + "`?";
  return {};
}

std::optional<RequestSource> RequestSource::open(const std::string& path, std::string& error) {
  RequestSource source;
  source.name_ = path == "-" ? "<stdin>" : path;
  source.file_.reset(path == "-" ? stdin : std::fopen(path.c_str(), "rbe"));
  if (!source.file_) {
    error = "cannot read `" + path + "`: " + reason();
    return std::nullopt;
  }
  source.lines_ = path.ends_with(".jsonl") || path.ends_with(".ndjson");
  return source;
}

std::optional<RequestText> RequestSource::next() {
  RequestText line;
  do {
    if (!read_line(line)) return std::nullopt;
  } while (is_blank(line.text) && !line.too_long);
  if (!std::exchange(started_, true) && !lines_) {
    lines_ = line.too_long || !is_unfinished(line.text);
    if (!lines_) {
      whole_ = line.text;
      line.text = whole_;
      lines_ = was_cut(whole_);
      if (!lines_) read_rest(line);
    }
  }
  return line;
}

// Whether an unfinished first line is one of many that was cut: the next one opens an object where the first one left no place for it.
bool RequestSource::was_cut(std::string_view first) {
  RequestText second;
  do {
    if (!read_line(second)) return false;
  } while (is_blank(second.text) && !second.too_long);
  const char last = first[first.find_last_not_of(" \t\r")];
  const bool cut = last != ':' && !is_blank(second.text) && second.text[second.text.find_first_not_of(" \t\r")] == '{';
  second_ = second;
  return cut;
}

// The next line without its end; false when there is none.
bool RequestSource::read_line(RequestText& line) {
  if (second_) {
    line = *std::exchange(second_, std::nullopt);
    return true;
  }
  line = {{}, ++line_, false};
  const auto give = [&](std::size_t size) {
    line.text = {buffer_.data() + at_, std::min(size, longest)};
    line.too_long = size > longest;
  };
  for (std::size_t searched = 0;;) {
    const char* const begin = buffer_.data() + at_;
    const auto left = end_ - at_;
    if (const void* const found = left > searched ? std::memchr(begin + searched, '\n', left - searched) : nullptr) {
      const auto size = static_cast<std::size_t>(static_cast<const char*>(found) - begin);
      give(size);
      at_ += size + 1;
      return true;
    }
    searched = std::min(left, longest + 1);
    end_ = at_ + searched;  // of a line that is too long no more is kept
    if (read_more()) continue;
    give(searched);
    at_ = end_;
    return searched > 0;
  }
}

// More of the input behind what is left of the block; false at its end.
bool RequestSource::read_more() {
  if (ended_) return false;
  if (at_ != 0) std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
  end_ -= std::exchange(at_, 0);
  if (buffer_.size() < end_ + chunk) buffer_.resize(end_ + chunk);
  const int descriptor = ::fileno(file_.get());
  if (before_waiting_ && would_wait(descriptor)) before_waiting_();
  ssize_t got = 0;
  do got = ::read(descriptor, buffer_.data() + end_, chunk);
  while (got < 0 && errno == EINTR);
  if (got < 0) error_ = "cannot read `" + name_ + "`: " + reason();
  if (got <= 0) return ended_ = true, false;
  end_ += static_cast<std::size_t>(got);
  return true;
}

void RequestSource::read_rest(RequestText& first) {
  RequestText more;
  while (read_line(more)) {
    first.too_long |= more.too_long;
    if (whole_.size() <= longest) (whole_ += '\n') += more.text;
  }
  first.too_long |= whole_.size() > longest;
  first.text = whole_;
}

}  // namespace writ::cli
