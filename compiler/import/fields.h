// Fields of a source's objects, read by the type they should have. One of another type is noted in the report and is as if it
// were absent: nobody's mistake ends an import, and none goes unsaid.
#pragma once

#include "compiler/import/document.h"
#include "compiler/import/report.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace writ::importing {

class Fields {
 public:
  // `path`: of `value` within the thing at `where`, with a dot behind it; empty for the thing itself.
  Fields(const Value& value, std::string where, Report& report, std::string path = "");

  const std::string& where() const { return where_; }
  std::string path(std::string_view name) const { return path_ + std::string(name); }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  // Absent, null, or of another type: nothing.
  std::optional<std::string> text(std::string_view name) const;
  std::optional<bool> flag(std::string_view name) const;
  std::optional<std::int64_t> number(std::string_view name) const;
  // The texts of a list, without what is none. Absent: empty.
  std::vector<std::string> texts(std::string_view name) const;
  std::vector<std::int64_t> numbers(std::string_view name) const;  // likewise
  // The objects of a list.
  std::vector<Fields> objects(std::string_view name) const;
  // An object; absent: an empty one.
  Fields object(std::string_view name) const;
  // Whatever stands there; null: nothing, or JSON's null.
  const Value* find(std::string_view name) const;
  // The keys of this object.
  std::vector<std::string> keys() const;

  void note(Outcome outcome, std::string_view name, std::string text) const {
    report_->add(outcome, where_, path(name), std::move(text));
  }
  void take(std::string_view name) const { report_->take(path(name)); }

 private:
  void wrong(std::string_view name, std::string_view wanted) const;
  const Value* value_;
  std::string where_;
  Report* report_;
  std::string path_;
};

// The strategy of a connection, by Writ's name for what stands in `field`; one that Writ does not have is noted and taken for a
// social one.
std::size_t take_strategy(const Fields& fields, std::string_view field, const std::string& given,
                          std::string_view name);

}  // namespace writ::importing
