// Requests from a file or standard input: one JSON object, or one on each line (JSON lines), read as a stream however many there are.
#pragma once

#include "runtime/json/request_json.h"

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace writ::cli {

// `text` is good until the next one is read.
struct RequestText {
  std::string_view text;
  std::size_t line = 1;
  bool too_long = false;  // over the limit: the text is cut
};

// What is wrong with the words of a command that takes a policy and requests, before either is opened; empty when nothing is.
std::string wrong_pair(std::string_view verb, const std::string& policy, const std::string& requests);

// A file named *.jsonl or *.ndjson holds lines. Of others the first line decides: an object that is whole on it is followed by lines, and so
// is one that was cut, with another one on the next line; anything else is the beginning of one object.
class RequestSource {
 public:
  // `error` says why there is none.
  static std::optional<RequestSource> open(const std::string& path, std::string& error);

  // Called before every wait for more from a pipe or a terminal: whoever writes there may be waiting for our answers.
  void before_waiting(std::function<void()> call) { before_waiting_ = std::move(call); }
  std::optional<RequestText> next();                   // blank lines are passed over
  const std::string& error() const { return error_; }  // reading stopped before the end

 private:
  struct Closer {
    void operator()(std::FILE* file) const {
      if (file != stdin) std::fclose(file);
    }
  };

  bool read_line(RequestText& line);
  bool read_more();
  bool was_cut(std::string_view first);
  void read_rest(RequestText& first);

  std::unique_ptr<std::FILE, Closer> file_;
  std::string name_, error_;
  std::function<void()> before_waiting_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, end_ = 0;  // of it, what is still to be given out
  std::size_t line_ = 0;
  bool lines_ = false, ended_ = false, started_ = false;
  std::string whole_;                  // an object of many lines
  std::optional<RequestText> second_;  // read to judge the first one by
};

}  // namespace writ::cli
