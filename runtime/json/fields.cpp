// Built on nlohmann's event parser, which checks syntax and UTF-8 and does not recurse. Its tree is not used: a tree would keep the last
// of two equal keys and forget how a number was written, and both must be known to refuse them.
#include "runtime/json/fields.h"

#include <algorithm>
#include <exception>

#include <nlohmann/json.hpp>

namespace writ::json_detail {

namespace {

using Json = nlohmann::json;
constexpr int number_overflow = 406;  // of nlohmann's exceptions

class Events {
 public:
  Events(Fields& out, const JsonLimits& limits) : out_(out), limits_(limits) {}

  bool null() { return value(Null{}); }
  bool boolean(bool given) { return value(given); }
  bool number_integer(Json::number_integer_t given) { return value(static_cast<std::int64_t>(given)); }
  bool number_unsigned(Json::number_unsigned_t given) {
    if (given > static_cast<Json::number_unsigned_t>(INT64_MAX)) return value(Decimal{std::to_string(given)});
    return value(static_cast<std::int64_t>(given));
  }
  bool number_float(Json::number_float_t, const std::string& text) { return value(Decimal{text}); }
  bool binary(Json::binary_t&) { return refuse("binary data"); }

  bool string(std::string& given) {
    if (!in_array_) return value(std::move(given));
    auto& array = std::get<Array>(out_.list.back().value);
    if (array.strings.size() >= limits_.set_items)
      return refuse(path_ + ": more than " + std::to_string(limits_.set_items) + " items");
    array.strings.push_back(std::move(given));
    return true;
  }

  bool start_object(std::size_t) {
    if (in_array_) return refuse(path_ + ": an object inside an array");
    if (open_.size() > limits_.depth)
      return refuse("objects nested more than " + std::to_string(limits_.depth) + " deep");
    if (!open_.empty()) out_.objects.push_back(path_);
    open_.push_back(path_.size());
    return true;
  }
  bool key(std::string& name) {
    path_.resize(open_.back());
    if (name.empty()) return refuse((path_.empty() ? "request" : path_) + ": a field without a name");
    // Also because every field inside repeats it: four thousand times half a megabyte.
    if (name.size() > limits_.name_bytes)
      return refuse((path_.empty() ? "request" : path_) + ": a field whose name has more than " +
                    std::to_string(limits_.name_bytes) + " bytes");
    if (name.find('.') != std::string::npos) return refuse(dotted(name));
    if (!path_.empty()) path_ += '.';
    path_ += name;
    if (keys_.size() >= limits_.fields) return refuse("more than " + std::to_string(limits_.fields) + " fields");
    keys_.push_back(path_);
    return true;
  }
  bool end_object() {
    path_.resize(open_.back());
    open_.pop_back();
    return true;
  }
  bool start_array(std::size_t) {
    if (in_array_) return refuse(path_ + ": an array inside an array");
    if (open_.empty()) return refuse("expected an object, seen an array");
    in_array_ = true;
    out_.list.push_back({path_, Array{}});
    return true;
  }
  bool end_array() {
    in_array_ = false;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& failure) {
    if (!out_.problem.empty()) return false;
    // "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error while …": the part a person can use.
    const std::string_view what = failure.what();
    if (failure.id == number_overflow) {
      const std::string_view number = what.substr(what.rfind('\'', what.size() - 2));
      return refuse((path_.empty() ? "request" : path_) + ": the number " + std::string(number.substr(0, 40)) +
                    " is too large");
    }
    std::string_view rest = what;
    for (const std::string_view head : {"] ", ": ", " - "})
      if (const std::size_t at = what.find(head); at != std::string_view::npos && rest.data() < what.data() + at)
        rest = what.substr(at + head.size());
    return refuse("not JSON at byte " + std::to_string(position) + ": " + std::string(rest.substr(0, 200)));
  }

  void finish() {
    if (!out_.problem.empty()) return;
    std::sort(keys_.begin(), keys_.end());
    const auto twice = std::adjacent_find(keys_.begin(), keys_.end());
    if (twice != keys_.end()) refuse(*twice + ": given twice");
  }

 private:
  template <typename Given>
  bool value(Given&& given) {
    if (in_array_) {
      std::get<Array>(out_.list.back().value).only_strings = false;
      return true;
    }
    if (open_.empty()) return refuse("expected an object");
    out_.list.push_back({path_, FieldValue(std::forward<Given>(given))});
    return true;
  }
  std::string dotted(const std::string& name) const {
    const std::size_t dot = name.find('.');
    return name + ": unknown field; `" + name + "` is written {\"" + name.substr(0, dot) + "\": {\"" +
           name.substr(dot + 1) + "\": …}}";
  }
  bool refuse(std::string problem) {
    if (out_.problem.empty()) out_.problem = std::move(problem);
    return false;
  }

  Fields& out_;
  const JsonLimits& limits_;
  std::string path_;
  std::vector<std::size_t> open_;  // length of the path of each open object
  std::vector<std::string> keys_;
  bool in_array_ = false;
};

}  // namespace

Fields read_fields(std::string_view text, const JsonLimits& limits) {
  Fields out;
  if (text.size() > limits.bytes) {
    out.problem = "a request of more than " + std::to_string(limits.bytes >> 10) + " KiB";
    return out;
  }
  if (text.starts_with("\xef\xbb\xbf")) {
    out.problem = "not JSON at byte 1: a byte order mark";
    return out;
  }
  // The parser takes a NUL for the end of the text, and what follows it would never be seen.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    out.problem = "not JSON at byte " + std::to_string(nul + 1) + ": a NUL";
    return out;
  }
  try {
    Events events(out, limits);
    const bool good = Json::sax_parse(text.begin(), text.end(), &events);
    events.finish();
    if (!good && out.problem.empty()) out.problem = "not JSON";
  } catch (const std::exception& failure) {
    out.problem = std::string("not readable: ") + failure.what();
  }
  if (!out.problem.empty()) out.list.clear();
  return out;
}

}  // namespace writ::json_detail
