// By libyaml's events. An alias is a copy of what its anchor names, and counts as such: a few lines that would make
// billions of values end at the limit.
#include "compiler/import/document.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <yaml.h>

namespace writ::importing {

namespace {

struct Wrong {
  std::string text;
};

class Parser {
 public:
  explicit Parser(std::string_view text) {
    if (yaml_parser_initialize(&parser_) == 0) throw Wrong{"there is no memory to read it"};
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
  }
  ~Parser() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  const yaml_event_t& next() {
    yaml_event_delete(&event_);
    event_ = {};
    if (yaml_parser_parse(&parser_, &event_) == 0)
      throw Wrong{fmt::format("line {}: {}", parser_.problem_mark.line + 1,
                              parser_.problem == nullptr ? "it is no YAML" : parser_.problem)};
    return event_;
  }

 private:
  yaml_parser_t parser_{};
  yaml_event_t event_{};
};

std::string text_of(const yaml_char_t* bytes) { return reinterpret_cast<const char*>(bytes); }
std::string text_of(const yaml_event_t& scalar) {
  return {reinterpret_cast<const char*>(scalar.data.scalar.value), scalar.data.scalar.length};
}

// ---------------------------------------------------------------- scalars

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::optional<Value> integer(std::string_view text) {
  int base = 10;
  auto digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  if (digits.starts_with("0x")) base = 16;
  if (digits.starts_with("0o")) base = 8;
  if (base != 10) digits.remove_prefix(2);
  std::uint64_t value = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [stopped, error] = std::from_chars(digits.data(), end, value, base);
  if (digits.empty() || error != std::errc() || stopped != end || value > INT64_MAX) return std::nullopt;
  return negative ? -static_cast<std::int64_t>(value) : static_cast<std::int64_t>(value);
}

std::optional<Value> decimal(std::string_view text) {
  if (text.find_first_not_of("+-0123456789.eE") != text.npos || text.find_first_of("0123456789") == text.npos)
    return std::nullopt;
  const std::string copy(text);
  char* stopped = nullptr;
  const double value = std::strtod(copy.c_str(), &stopped);
  if (stopped != copy.c_str() + copy.size()) return std::nullopt;
  return Value(value);
}

Value scalar(const yaml_event_t& event) {
  auto text = text_of(event);
  if (event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE || event.data.scalar.plain_implicit == 0) return text;
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
  if (is_one_of(text, {"true", "True", "TRUE"})) return true;
  if (is_one_of(text, {"false", "False", "FALSE"})) return false;
  if (auto number = integer(text)) return *number;
  if (auto number = decimal(text)) return *number;
  return text;
}

// ---------------------------------------------------------------- maps, lists and aliases

class Reader {
 public:
  Reader(std::string_view text, const DocumentLimits& limits, const Streaming* streaming)
      : parser_(text), limits_(limits), streaming_(streaming) {}

  Value read() {
    step();  // the stream begins
    if (step().type == YAML_STREAM_END_EVENT) return nullptr;
    step();  // behind the beginning of the document
    Value made = node(0).first;
    step();  // the document ends
    if (step().type != YAML_STREAM_END_EVENT) throw Wrong{"it holds more than one document"};
    return made;
  }

 private:
  using Counted = std::pair<Value, std::size_t>;

  const yaml_event_t& now() const { return *now_; }
  const yaml_event_t& step() { return *(now_ = &parser_.next()); }
  void count(std::size_t more) {
    nodes_ += more;
    if (nodes_ > limits_.nodes) throw Wrong{fmt::format("it has more than {} values", limits_.nodes)};
  }

  // The value that the last event begins, and how many values it holds.
  Counted node(std::size_t depth) {
    const auto line = now().start_mark.line + 1;
    if (depth >= limits_.depth) throw Wrong{fmt::format("line {}: it is nested deeper than {}", line, limits_.depth)};
    if (now().type == YAML_ALIAS_EVENT) {
      const auto found = anchors_.find(text_of(now().data.alias.anchor));
      if (found == anchors_.end())
        throw Wrong{fmt::format("line {}: nothing is anchored as `{}`", line, text_of(now().data.alias.anchor))};
      count(found->second.second);
      repeated_ += found->second.second;
      if (repeated_ > limits_.repeated)
        throw Wrong{fmt::format("line {}: its aliases repeat more than {} values", line, limits_.repeated)};
      return found->second;
    }
    count(1);
    Counted made;
    std::string anchor;
    const auto anchored = [&](const yaml_char_t* name) {
      if (name != nullptr) anchor = text_of(name);
    };
    if (now().type == YAML_SCALAR_EVENT) {
      anchored(now().data.scalar.anchor);
      made = {scalar(now()), 1};
    } else if (now().type == YAML_SEQUENCE_START_EVENT) {
      anchored(now().data.sequence_start.anchor);
      made = list(depth);
    } else {
      anchored(now().data.mapping_start.anchor);
      made = map(depth);
    }
    if (!anchor.empty()) {
      count(made.second);
      anchors_[anchor] = made;
    }
    return made;
  }

  Counted list(std::size_t depth) {
    Counted made{Value::array(), 1};
    while (step().type != YAML_SEQUENCE_END_EVENT) {
      auto [one, size] = node(depth + 1);
      made.first.push_back(std::move(one));
      made.second += size;
    }
    return made;
  }

  Counted map(std::size_t depth) {
    Counted made{Value::object(), 1};
    Value merged = Value::object();
    while (step().type != YAML_MAPPING_END_EVENT) {
      const auto line = now().start_mark.line + 1;
      if (now().type != YAML_SCALAR_EVENT) throw Wrong{fmt::format("line {}: a key is no text", line)};
      const auto key = text_of(now());
      const bool merges = key == "<<" && now().data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
      step();
      const bool streamed = streaming_ != nullptr && depth == 0 && now().type == YAML_SEQUENCE_START_EVENT &&
                            now().data.sequence_start.anchor == nullptr && streaming_->takes(key);
      auto [one, size] = streamed ? stream(key) : node(depth + 1);
      made.second += size;
      if (merges)
        merge(one, merged);
      else if (!made.first.emplace(key, std::move(one)).second)
        throw Wrong{fmt::format("line {}: `{}` stands there twice", line, key.substr(0, 80))};
    }
    for (const auto& [key, one] : merged.items()) made.first.emplace(key, one);
    return made;
  }

  // A list whose entries are handed over; what is left of it is an empty one.
  Counted stream(const std::string& key) {
    count(1);
    streaming_->begins(key);
    for (std::size_t place = 0; step().type != YAML_SEQUENCE_END_EVENT; ++place)
      streaming_->entry(place, std::move(node(2).first));
    return {Value::array(), 1};
  }

  static void merge(const Value& from, Value& to) {
    if (from.is_array())
      for (const auto& one : from) merge(one, to);
    if (!from.is_object()) return;
    for (const auto& [key, one] : from.items()) to.emplace(key, one);
  }

  Parser parser_;
  const DocumentLimits& limits_;
  const Streaming* streaming_;
  const yaml_event_t* now_ = nullptr;
  std::map<std::string, Counted> anchors_;
  std::size_t nodes_ = 0, repeated_ = 0;
};

}  // namespace

Document read_yaml(std::string_view text, const DocumentLimits& limits, const Streaming* streaming) {
  if (text.size() > limits.bytes) return {{}, fmt::format("it has more than {} bytes", limits.bytes)};
  try {
    return {Reader(text, limits, streaming).read(), {}};
  } catch (const Wrong& wrong) {
    return {{}, wrong.text};
  }
}

}  // namespace writ::importing
