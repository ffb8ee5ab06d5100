// Tables of who may enter through what, as a terminal, a page, a picture and a program read them.
#pragma once

#include "cli/console.h"
#include "compiler/overview/overview.h"

#include <span>
#include <string>

namespace writ::cli {

struct CellLook {
  std::string_view sign;   // on a terminal
  std::string_view kind;   // of the picture's style
  std::string_view words;  // `on conditions`
};
CellLook look_of(overview::Cell::State state);
// `a1 d2?`: with a question mark where a rule speaks on a condition only.
std::string rules_text(const overview::Table& table, const overview::Cell& cell);
// The same with the rules' whole text, a line each.
std::string rules_lines(const overview::Table& table, const overview::Cell& cell);

std::string matrix_pretty(std::span<const overview::Table> tables, const Console& console);
std::string matrix_json(std::span<const overview::Table> tables);
std::string matrix_html(std::span<const overview::Table> tables);
std::string matrix_svg(std::span<const overview::Table> tables);

}  // namespace writ::cli
