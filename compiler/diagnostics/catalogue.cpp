// The rows of all phases in one table, in order of their numbers. Each phase keeps its rows in its own header beside
// this file, so that adding a code touches the enumeration, one row and one page.
#include "compiler/diagnostics/catalogue.h"

#include "compiler/diagnostics/rows_check.h"
#include "compiler/diagnostics/rows_expression.h"
#include "compiler/diagnostics/rows_load.h"
#include "compiler/diagnostics/rows_syntax.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace writ {

namespace {

std::vector<CodeRow> collect() {
  std::vector<CodeRow> all;
  const auto take = [&all](const auto& rows) { all.insert(all.end(), std::begin(rows), std::end(rows)); };
  take(syntax_rows);
  take(expression_rows);
  take(check_rows);
  take(load_rows);
  std::stable_sort(all.begin(), all.end(), [](const CodeRow& a, const CodeRow& b) { return a.code < b.code; });
  return all;
}

const std::vector<CodeRow>& table() {
  static const std::vector<CodeRow> all = collect();
  return all;
}

}  // namespace

std::span<const CodeRow> catalogue() { return table(); }

// A code without a row is our own mistake; it still has to stop the compilation, so it counts as an error.
const CodeRow& row_of(Code code) {
  static constexpr CodeRow unlisted{Code{}, Severity::error, "unlisted code"};
  const auto& all = table();
  const auto found =
      std::lower_bound(all.begin(), all.end(), code, [](const CodeRow& row, Code wanted) { return row.code < wanted; });
  return found != all.end() && found->code == code ? *found : unlisted;
}

std::string code_text(Code code) {
  const std::string digits = std::to_string(static_cast<unsigned>(code));
  return "E" + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

}  // namespace writ
