// A line longer than a request may be is read to its end and thrown away, so that the next one starts where it should and memory stays flat.
#include "cli/requests.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

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
    lines_ = line.too_long || !is_unfinished(line.text) || was_cut(line.text);
    if (!lines_) read_rest(line);
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
  const bool cut = last != ':' && second.text[second.text.find_first_not_of(" \t\r")] == '{';
  second_ = std::move(second);
  return cut;
}

// The next line without its end; false when there is none.
bool RequestSource::read_line(RequestText& line) {
  if (second_) {
    line = std::move(*std::exchange(second_, std::nullopt));
    return true;
  }
  line = {{}, ++line_, false};
  bool any = false;
  for (;;) {
    if (at_ == buffer_.size()) {
      if (ended_) return any;
      buffer_.resize(chunk);
      const std::size_t got = std::fread(buffer_.data(), 1, chunk, file_.get());
      buffer_.resize(got);
      at_ = 0;
      if (got < chunk) ended_ = true;
      if (std::ferror(file_.get()) != 0) error_ = "cannot read `" + name_ + "`: " + reason();
      if (got == 0) return any;
    }
    any = true;
    const std::size_t end = std::min(buffer_.find('\n', at_), buffer_.size());
    const std::size_t room = longest + 1 - std::min(line.text.size(), longest + 1);
    line.text.append(buffer_, at_, std::min(end - at_, room));
    if (line.text.size() > longest) line.too_long = true;
    const bool complete = end < buffer_.size();
    at_ = complete ? end + 1 : end;
    if (complete) return true;
  }
}

void RequestSource::read_rest(RequestText& first) {
  RequestText more;
  while (read_line(more)) {
    first.too_long |= more.too_long;
    if (first.text.size() <= longest) first.text += '\n' + more.text;
  }
  first.too_long |= first.text.size() > longest;
}

}  // namespace writ::cli
