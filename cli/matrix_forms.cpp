// See matrix.h. A cell says who, and which rules; what the rules are stands below the table, once.
#include "cli/matrix.h"
#include "cli/picture.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace writ::cli {

namespace {

using overview::Cell;
using overview::Column;
using overview::Row;
using overview::Table;

std::string_view action_of(const Table& table) { return action_names[static_cast<std::size_t>(table.action)]; }

std::string heading(const Table& table) {
  return fmt::format("tenant {}{}: {}", table.name, table.title.empty() ? "" : " \"" + table.title + "\"",
                     action_of(table));
}

std::string kind_of(const Row& row) {
  std::string text(client_type_names[static_cast<std::size_t>(row.type)]);
  if (row.organizations == OrganizationUsage::require) text += ", in an organization";
  if (row.organizations == OrganizationUsage::allow) text += ", or in an organization";
  return text;
}
std::string row_name(const Row& row) { return row.name + " : " + kind_of(row); }

std::string strategy_of(const Column& column) {
  return column.id.empty() ? "" : std::string(strategies[column.strategy].name);
}

std::string cell_text(const Table& table, const Cell& cell) {
  const auto rules = rules_text(table, cell);
  return std::string(look_of(cell.state).sign) + (rules.empty() ? "" : " " + rules);
}

constexpr std::string_view legend =
    "✓ everybody   ◐ on conditions   ✗ nobody   – closed   · not enabled   a1? the rule speaks on its condition\n";

// ---------------------------------------------------------------- terminal

Paint paint_of(Cell::State state) {
  switch (state) {
  case Cell::State::everybody: return Paint::good;
  case Cell::State::some: return Paint::warn;
  case Cell::State::nobody: return Paint::bad;
  case Cell::State::impossible:
  case Cell::State::not_enabled: return Paint::faint;
  }
  return Paint::plain;
}

// The columns that fit beside one another, from `first` on.
std::size_t fitting(const std::vector<std::size_t>& widths, std::size_t first, std::size_t room) {
  std::size_t end = first, used = 0;
  while (end < widths.size() && (end == first || used + widths[end] + 2 <= room)) used += widths[end++] + 2;
  return end;
}

void trim(std::string& text) {
  text.erase(text.find_last_not_of(' ') + 1);
  text += "\n";
}

std::string pretty(const Table& table, const Console& console) {
  std::string text = console.painted(Paint::strong, safe(heading(table))) + "\n";
  if (table.rows.empty()) return text + "  no client is asked about this\n";
  std::size_t left = 0;
  for (const auto& row : table.rows) left = std::max(left, columns(safe(row_name(row))));
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    auto width = std::max(columns(safe(table.columns[i].name)), columns(strategy_of(table.columns[i])));
    for (const auto& row : table.rows) width = std::max(width, columns(cell_text(table, row.cells[i])));
    widths.push_back(width);
  }
  const auto room = std::max<std::size_t>(console.width(), left + 24) - left - 2;
  for (std::size_t first = 0; first < widths.size();) {
    const auto end = fitting(widths, first, room);
    std::string names(left + 2, ' '), kinds = names;
    for (auto i = first; i < end; ++i) {
      names += "  " + padded(safe(table.columns[i].name), widths[i]);
      kinds += "  " + padded(strategy_of(table.columns[i]), widths[i]);
    }
    trim(names);
    trim(kinds);
    text += "\n" + names + console.painted(Paint::faint, kinds);
    for (const auto& row : table.rows) {
      std::string line = "  " + padded(safe(row_name(row)), left);
      for (auto i = first; i < end; ++i) {
        const auto cell = cell_text(table, row.cells[i]);
        const std::string gap(i + 1 < end ? widths[i] - std::min(widths[i], columns(cell)) : 0, ' ');
        line += "  " + console.painted(paint_of(row.cells[i].state), cell) + gap;
      }
      text += line + "\n";
    }
    first = end;
  }
  text += "\n";
  std::size_t labels = 0;
  for (const auto& rule : table.rules) labels = std::max(labels, rule.label.size());
  for (const auto& rule : table.rules)
    text += fmt::format("  {}  {}  {}\n", padded(rule.label, labels), safe(rule.text),
                        console.painted(Paint::faint, safe(rule.place)));
  return text;
}

// ---------------------------------------------------------------- pictures

// A table as it is drawn: clients by connections, or, where these are many, connections by clients; a picture is scrolled down, not sideways.
struct Grid {
  struct Head {
    std::string name, kind;
  };
  std::vector<Head> columns;
  std::vector<std::string> rows;
  std::vector<std::vector<const Cell*>> cells;  // by row
};

Grid grid_of(const Table& table) {
  constexpr std::size_t most_beside = 12;
  Grid grid;
  if (table.columns.size() <= most_beside || table.columns.size() <= table.rows.size()) {
    for (const auto& column : table.columns) grid.columns.push_back({column.name, strategy_of(column)});
    for (const auto& row : table.rows) {
      grid.rows.push_back(row_name(row));
      auto& cells = grid.cells.emplace_back();
      for (const auto& cell : row.cells) cells.push_back(&cell);
    }
    return grid;
  }
  for (const auto& row : table.rows) grid.columns.push_back({row.name, kind_of(row)});
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    grid.rows.push_back(table.columns[i].name + " : " + strategy_of(table.columns[i]));
    auto& cells = grid.cells.emplace_back();
    for (const auto& row : table.rows) cells.push_back(&row.cells[i]);
  }
  return grid;
}

std::string html(const Table& table) {
  std::string names = table.name + " " + table.id + " " + table.title, text;
  for (const auto& row : table.rows) names += " " + row.name;
  for (const auto& column : table.columns) names += " " + column.name;
  std::ranges::transform(names, names.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  text += fmt::format("<section data-name=\"{}\">\n<h2>{}</h2>\n", escaped(names), escaped(heading(table)));
  if (table.rows.empty()) return text + "<p class=\"faint\">no client is asked about this</p>\n</section>\n";
  text += "<table>\n<tr><th></th>";
  const auto grid = grid_of(table);
  for (const auto& [name, kind] : grid.columns)
    text += fmt::format("<th>{}<br><span class=\"faint\">{}</span></th>", escaped(name), escaped(kind));
  text += "</tr>\n";
  for (std::size_t row = 0; row < grid.rows.size(); ++row) {
    text += fmt::format("<tr><th>{}</th>", escaped(grid.rows[row]));
    for (const auto* cell : grid.cells[row]) {
      const auto look = look_of(cell->state);
      const auto lines = rules_lines(table, *cell);
      text += fmt::format("<td class=\"{}\" title=\"{}{}\">{}</td>", look.kind, look.words,
                          lines.empty() ? "" : escaped("\n" + lines), escaped(cell_text(table, *cell)));
    }
    text += "</tr>\n";
  }
  text += "</table>\n<table class=\"legend\">\n";
  for (const auto& rule : table.rules)
    text += fmt::format("<tr><td>{}</td><td>{}</td><td class=\"faint\">{}</td></tr>\n", rule.label, escaped(rule.text),
                        escaped(rule.place));
  return text + "</table>\n</section>\n";
}

constexpr double margin = 16, gap = 8, pad = 10, box_height = 28;
constexpr std::size_t most_columns = 160;  // of a rule's text

double draw(Svg& svg, const Table& table, double y) {
  svg.text(margin, y + Svg::line, heading(table), "strong");
  y += Svg::line * 2;
  const auto grid = grid_of(table);
  double left = 0;
  for (const auto& name : grid.rows) left = std::max(left, Svg::width_of(name));
  double x = margin + left + pad * 2;
  std::vector<double> widths;
  for (std::size_t i = 0; i < grid.columns.size(); ++i) {
    double width = std::max(Svg::width_of(grid.columns[i].name), Svg::width_of(grid.columns[i].kind));
    for (const auto& cells : grid.cells) width = std::max(width, Svg::width_of(cell_text(table, *cells[i])));
    widths.push_back(width + pad * 2);
    svg.text(x + pad, y + Svg::line, grid.columns[i].name, "strong");
    svg.text(x + pad, y + Svg::line * 2, grid.columns[i].kind, "faint");
    x += widths.back() + gap;
  }
  y += Svg::line * 2 + gap;
  for (std::size_t row = 0; row < grid.rows.size(); ++row) {
    svg.text(margin, y + box_height / 2 + 5, grid.rows[row]);
    x = margin + left + pad * 2;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const auto& cell = *grid.cells[row][i];
      const auto look = look_of(cell.state);
      const auto lines = rules_lines(table, cell);
      svg.box(x, y, widths[i], box_height, look.kind, std::string(look.words) + (lines.empty() ? "" : "\n" + lines));
      svg.text(x + pad, y + box_height / 2 + 5, cell_text(table, cell), look.kind == "off" ? "faint" : look.kind);
      x += widths[i] + gap;
    }
    y += box_height + gap;
  }
  y += gap;
  for (const auto& rule : table.rules) {
    svg.text(margin, y + Svg::line, rule.label, "strong");
    svg.text(margin + 5 * Svg::character, y + Svg::line, shortened(rule.text, most_columns));
    y += Svg::line;
  }
  return y + Svg::line;
}

}  // namespace

CellLook look_of(Cell::State state) {
  switch (state) {
  case Cell::State::everybody: return {"✓", "yes", "everybody"};
  case Cell::State::some: return {"◐", "some", "on conditions"};
  case Cell::State::nobody: return {"✗", "no", "nobody"};
  case Cell::State::impossible: return {"–", "off", "closed: the connection has no such action"};
  case Cell::State::not_enabled: return {"·", "off", "not enabled"};
  }
  return {"·", "off", ""};
}

std::string rules_text(const Table& table, const Cell& cell) {
  std::string text;
  for (const auto& part : cell.parts)
    text += (text.empty() ? "" : " ") + table.rules[part.rule].label + (part.always ? "" : "?");
  return text;
}

std::string rules_lines(const Table& table, const Cell& cell) {
  std::string text;
  for (const auto& part : cell.parts)
    text += (text.empty() ? "" : "\n") + table.rules[part.rule].label + (part.always ? " " : "? ") +
            table.rules[part.rule].text;
  return text;
}

std::string matrix_pretty(std::span<const Table> tables, const Console& console) {
  std::string text;
  for (const auto& table : tables) text += pretty(table, console) + "\n";
  return text + console.painted(Paint::faint, legend);
}

std::string matrix_html(std::span<const Table> tables) {
  std::string body = fmt::format("<p class=\"faint\">{}</p>\n", apart(legend));
  for (const auto& table : tables) body += html(table);
  return html_page("Who may enter through what", body, tables.size() > 1);
}

std::string matrix_svg(std::span<const Table> tables) {
  Svg svg;
  double y = margin;
  for (const auto& table : tables) y = draw(svg, table, y);
  svg.text(margin, y + Svg::line, legend.substr(0, legend.size() - 1), "faint");
  return svg.finish(true);
}

std::string matrix_json(std::span<const Table> tables) {
  using Json = nlohmann::ordered_json;
  Json whole = Json::array();
  for (const auto& table : tables) {
    Json one;
    one["tenant"] = table.id;
    one["action"] = action_of(table);
    one["rules"] = Json::array();
    for (const auto& rule : table.rules)
      one["rules"].push_back(Json::object({{"label", rule.label},
                                           {"id", rule.id},
                                           {"effect", rule_effect_names[static_cast<std::size_t>(rule.effect)]},
                                           {"text", rule.text},
                                           {"place", rule.place}}));
    one["clients"] = Json::array();
    for (const auto& row : table.rows) {
      Json cells = Json::array();
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        Json rules = Json::array();
        for (const auto& part : row.cells[i].parts)
          rules.push_back(Json::object({{"label", table.rules[part.rule].label}, {"always", part.always}}));
        const auto& column = table.columns[i];
        cells.push_back(Json::object({{"connection", column.id.empty() ? Json(nullptr) : Json(column.id)},
                                      {"who", overview::state_names[static_cast<std::size_t>(row.cells[i].state)]},
                                      {"rules", std::move(rules)}}));
      }
      one["clients"].push_back(
          Json::object({{"client", row.id},
                        {"type", client_type_names[static_cast<std::size_t>(row.type)]},
                        {"organizations", organization_usage_names[static_cast<std::size_t>(row.organizations)]},
                        {"connections", std::move(cells)}}));
    }
    whole.push_back(std::move(one));
  }
  return whole.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace writ::cli
