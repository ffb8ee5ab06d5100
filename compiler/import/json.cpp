// By nlohmann's SAX interface, so that depth and number are judged while reading and not afterwards.
#include "compiler/import/document.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace writ::importing {

namespace {

class Maker : public nlohmann::json_sax<Value> {
 public:
  Maker(const DocumentLimits& limits, const Streaming* streaming) : limits_(limits), streaming_(streaming) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(std::int64_t value) override { return put(value); }
  bool number_unsigned(std::uint64_t value) override { return put(value); }
  bool number_float(double value, const std::string&) override { return put(value); }
  bool string(std::string& value) override { return put(std::move(value)); }
  bool binary(Value::binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Value::object()); }
  bool start_array(std::size_t) override { return open(Value::array()); }
  bool key(std::string& value) override {
    keys_.back() = std::move(value);
    return true;
  }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    if (problem.empty()) problem = fmt::format("it is no JSON at byte {}", position);
    return false;
  }

  Value made{};
  std::string problem{};

 private:
  Value* place(Value value) {
    if (open_.empty()) return &(made = std::move(value));
    Value& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[keys_.back()] = std::move(value));
  }
  bool count() {
    if (++nodes_ > limits_.nodes) problem = fmt::format("it has more than {} values", limits_.nodes);
    return problem.empty();
  }
  bool put(Value value) {
    if (!count()) return false;
    place(std::move(value));
    hand_over();
    return true;
  }
  // The entry that has just ended, if it is one of a list that is not kept.
  void hand_over() {
    if (!streamed_ || open_.size() != 2) return;
    streaming_->entry(entries_++, std::move(open_.back()->back()));
    open_.back()->clear();
  }
  bool open(Value value) {
    if (!count()) return false;
    if (open_.size() >= limits_.depth) {
      problem = fmt::format("it is nested deeper than {}", limits_.depth);
      return false;
    }
    const bool list = value.is_array();
    open_.push_back(place(std::move(value)));
    if (streaming_ != nullptr && list && open_.size() == 2 && open_.front()->is_object() &&
        streaming_->takes(keys_.back())) {
      streaming_->begins(keys_.back());
      streamed_ = true;
      entries_ = 0;
    }
    keys_.emplace_back();
    return true;
  }
  bool close() {
    open_.pop_back();
    keys_.pop_back();
    if (open_.size() < 2) streamed_ = false;
    hand_over();
    return true;
  }

  const DocumentLimits& limits_;
  const Streaming* streaming_;
  bool streamed_ = false;
  std::size_t entries_ = 0;
  std::vector<Value*> open_;  // each a part of the one before; only the last one grows, so they stay where they are
  std::vector<std::string> keys_;
  std::size_t nodes_ = 0;
};

}  // namespace

Document read_json(std::string_view text, const DocumentLimits& limits, const Streaming* streaming) {
  if (text.size() > limits.bytes) return {{}, fmt::format("it has more than {} bytes", limits.bytes)};
  Maker maker(limits, streaming);
  if (!Value::sax_parse(text, &maker))
    return {{}, maker.problem.empty() ? std::string("it is no JSON") : maker.problem};
  return {std::move(maker.made), {}};
}

}  // namespace writ::importing
