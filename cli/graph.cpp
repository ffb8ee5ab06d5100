// `writ graph`: a picture of tenants, their clients, and the connections that lead into these.
//
// Nothing of a tenant leads to another, so the picture is a band for each, of three columns: the tenant, its clients, its connections. That is
// simple enough to be laid out here (docs/decisions/0012-pictures.md); `--format dot` is for those who want Graphviz. Tenants whose bands would
// look the same share one, so that three thousand of one template are a picture, too.
#include "cli/matrix.h"
#include "cli/picture.h"
#include "cli/pipeline.h"
#include "cli/verb.h"

#include <algorithm>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace writ::cli {

namespace {

using overview::Cell;
using overview::Table;

enum class Form : std::uint8_t { svg, html, dot };

struct Options {
  Believing believing;
  std::string policy;
  std::vector<std::string> tenants;
  Form form = Form::svg;
};

struct Band {
  std::vector<const Table*> tables;  // at least one; they look the same
};

std::string client_text(const overview::Row& row) {
  return row.name + " : " + std::string(client_type_names[static_cast<std::size_t>(row.type)]);
}
std::string connection_text(const overview::Column& column) {
  return column.name + " : " + std::string(strategies[column.strategy].name);
}

// All that a band shows of a tenant but its name.
std::string look_of(const Table& table) {
  std::string text;
  for (const auto& column : table.columns) text += connection_text(column) + "\n";
  for (const auto& row : table.rows) {
    text += client_text(row) + "\n";
    for (const auto& cell : row.cells) text += static_cast<char>('0' + static_cast<int>(cell.state));
    text += "\n";
  }
  return text;
}

std::vector<Band> bands_of(const std::vector<Table>& tables) {
  std::vector<Band> bands;
  std::map<std::string, std::size_t> known;
  for (const auto& table : tables) {
    const auto [at, fresh] = known.try_emplace(look_of(table), bands.size());
    if (fresh) bands.emplace_back();
    bands[at->second].tables.push_back(&table);
  }
  return bands;
}

// ---------------------------------------------------------------- layout

constexpr double margin = 16, pad = 10, box_height = 28, row_height = 38, between = 130, between_bands = 14;
constexpr std::size_t most_columns = 40, most_named = 12, most_listed = 100;

// Connections in the order of the clients they lead to, so that few lines cross.
std::vector<std::size_t> ordered(const Table& table) {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    double sum = 0, count = 0;
    for (std::size_t row = 0; row < table.rows.size(); ++row)
      if (table.rows[row].cells[i].state != Cell::State::not_enabled) sum += static_cast<double>(row), ++count;
    order.emplace_back(count > 0 ? sum / count : static_cast<double>(table.rows.size()), i);
  }
  std::ranges::stable_sort(order, {}, &std::pair<double, std::size_t>::first);
  std::vector<std::size_t> places;
  for (const auto& [key, place] : order) places.push_back(place);
  return places;
}

// Connections that look the same from every client are one box where there are many of them: fifty branches are one line to follow.
struct Box {
  std::vector<std::size_t> columns;  // at least one; of the table
};

std::vector<Box> boxes_of(const Table& table) {
  constexpr std::size_t most_alike = 4;
  std::vector<Box> groups, boxes;
  std::map<std::string, std::size_t> known;
  for (const auto place : ordered(table)) {
    std::string look(strategies[table.columns[place].strategy].name);
    for (const auto& row : table.rows) {
      look += static_cast<char>('0' + static_cast<int>(row.cells[place].state));
      look += rules_text(table, row.cells[place]) + "\n";
    }
    const auto [at, fresh] = known.try_emplace(std::move(look), groups.size());
    if (fresh) groups.emplace_back();
    groups[at->second].columns.push_back(place);
  }
  for (auto& group : groups) {
    if (group.columns.size() > most_alike)
      boxes.push_back(std::move(group));
    else
      for (const auto place : group.columns) boxes.push_back({{place}});
  }
  return boxes;
}

std::string box_text(const Table& table, const Box& box) {
  const auto& first = table.columns[box.columns.front()];
  if (box.columns.size() == 1) return shortened(connection_text(first), most_columns);
  const auto others = fmt::format(" and {} more : {}", box.columns.size() - 1, strategies[first.strategy].name);
  return shortened(first.name, most_columns - std::min(others.size(), most_columns / 2)) + others;
}

std::string box_title(const Table& table, const Box& box) {
  std::string text;
  for (std::size_t i = 0; i < std::min(box.columns.size(), most_listed); ++i)
    text += (i == 0 ? "" : "\n") + connection_text(table.columns[box.columns[i]]);
  return box.columns.size() > most_listed ? text + "\n…" : text;
}

struct Column {
  std::vector<std::string> texts;
  double x = 0, width = 0, top = 0;  // top: of the first box
  double middle(std::size_t i) const { return top + static_cast<double>(i) * row_height + box_height / 2; }
};

Column column_of(std::vector<std::string> texts, double x, double height, double y) {
  Column made{std::move(texts), x, 0, 0};
  for (const auto& text : made.texts) made.width = std::max(made.width, Svg::width_of(text));
  made.width += pad * 2;
  made.top = y + (height - static_cast<double>(made.texts.size()) * row_height + row_height - box_height) / 2;
  return made;
}

void draw_boxes(Svg& svg, const Column& column, const std::vector<std::string>& titles) {
  for (std::size_t i = 0; i < column.texts.size(); ++i) {
    svg.box(column.x, column.middle(i) - box_height / 2, column.width, box_height, "box", titles[i]);
    svg.text(column.x + pad, column.middle(i) + 5, column.texts[i]);
  }
}

// What holds for lines whose cells are of one client: the best of them, because one way in is enough.
std::string_view best_kind(const overview::Row& row) {
  auto best = Cell::State::not_enabled;
  for (const auto& cell : row.cells) best = std::max(best, cell.state);
  return best == Cell::State::not_enabled || best == Cell::State::impossible ? "no" : cli::look_of(best).kind;
}

double draw(Svg& svg, const Band& band, double y) {
  const Table& table = *band.tables.front();
  const auto boxes = boxes_of(table);
  const auto most = std::max<std::size_t>({table.rows.size(), boxes.size(), 1});
  const double height = static_cast<double>(most) * row_height;
  std::string name = shortened(table.name, most_columns);
  std::vector<std::string> clients, connections, client_titles, connection_titles;
  for (const auto& row : table.rows) {
    clients.push_back(shortened(client_text(row), most_columns));
    client_titles.push_back(client_text(row));
  }
  for (const auto& box : boxes) {
    connections.push_back(box_text(table, box));
    connection_titles.push_back(box_title(table, box));
  }
  const auto others = band.tables.size() - 1;
  const std::string more = others == 0 ? "" : "and " + counted(others, "other tenant");
  auto first = column_of({name}, margin, height, y);
  first.width = std::max(first.width, Svg::width_of(more) + pad * 2);
  const auto second = column_of(clients, first.x + first.width + between, height, y);
  const auto third = column_of(connections, second.x + second.width + between, height, y);
  // Lines first, so that boxes lie upon them.
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    svg.curve(first.x + first.width, first.middle(0), second.x, second.middle(row), best_kind(table.rows[row]));
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const auto& cell = table.rows[row].cells[boxes[i].columns.front()];
      if (cell.state == Cell::State::not_enabled) continue;
      const auto look = cli::look_of(cell.state);
      const auto lines = rules_lines(table, cell);
      svg.curve(second.x + second.width, second.middle(row), third.x, third.middle(i),
                cell.state == Cell::State::impossible ? "" : look.kind,
                fmt::format("{} through {}: {}{}{}", table.rows[row].name, connections[i], look.words,
                            lines.empty() ? "" : "\n", lines));
    }
  }
  std::string title = table.name + (table.title.empty() ? "" : " \"" + table.title + "\"");
  for (std::size_t i = 1; i < std::min(band.tables.size(), most_named); ++i) title += "\n" + band.tables[i]->name;
  if (band.tables.size() > most_named) title += "\n…";
  draw_boxes(svg, first, {title});
  if (others > 0) svg.text(first.x + pad, first.middle(0) + box_height / 2 + Svg::line, more, "faint");
  draw_boxes(svg, second, client_titles);
  draw_boxes(svg, third, connection_titles);
  return y + height + (others > 0 && most == 1 ? Svg::line : 0) + between_bands;
}

constexpr std::string_view legend = "green: everybody   amber: on conditions   red, broken: nobody   grey: closed";

std::string svg_of(const std::vector<Band>& bands) {
  Svg svg;
  double y = margin;
  for (const auto& band : bands) y = draw(svg, band, y);
  svg.text(margin, y + Svg::line, legend, "faint");
  return svg.finish(true);
}

std::string html_of(const std::vector<Band>& bands, std::size_t tenants) {
  constexpr std::size_t most_open = 50;  // the others are drawn when they are opened
  std::string body = fmt::format("<p class=\"faint\">{}, {}. Rest on a line to see its rules. {}</p>\n",
                                 counted(tenants, "tenant"), counted(bands.size(), "different picture"), apart(legend));
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const auto& table = *bands[i].tables.front();
    std::string names, listed;
    for (const auto* one : bands[i].tables) names += one->name + " " + one->title + " ";
    for (const auto& row : table.rows) names += row.name + " ";
    for (const auto& column : table.columns) names += column.name + " ";
    std::ranges::transform(names, names.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const auto others = bands[i].tables.size() - 1;
    for (std::size_t k = 1; k < bands[i].tables.size(); ++k)
      listed += (k == 1 ? "" : ", ") + escaped(bands[i].tables[k]->name);
    Svg svg;
    draw(svg, bands[i], margin);
    body += fmt::format("<section data-name=\"{}\">\n<details{}><summary>{}{}</summary>\n{}", escaped(names),
                        i < most_open ? " open" : "", escaped(table.name),
                        others > 0 ? " and " + counted(others, "other tenant") : "", svg.finish(false));
    if (others > 0)
      body += fmt::format("<details><summary class=\"faint\">the others</summary><p>{}</p></details>\n", listed);
    body += "</details>\n</section>\n";
  }
  return html_page("Tenants, clients, connections", body, bands.size() > 1);
}

// ---------------------------------------------------------------- for Graphviz

std::string dot_text(std::string_view text) {
  std::string made = "\"";
  for (const char c : safe(text)) {
    if (c == '"' || c == '\\') made += '\\';
    made += c;
  }
  return made + "\"";
}

std::string dot_of(const std::vector<Band>& bands) {
  std::string text = "digraph policy {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const auto& band : bands) {
    const auto& table = *band.tables.front();
    const auto others = band.tables.size() - 1;
    const auto node = [&](std::string_view kind, std::string_view id) {
      return dot_text(fmt::format("{}/{}/{}", table.id, kind, id));
    };
    text += fmt::format("  {} [label={}, style=bold];\n", node("tenant", ""),
                        dot_text(table.name + (others > 0 ? " and " + counted(others, "other tenant") : "")));
    for (const auto& column : table.columns)
      text += fmt::format("  {} [label={}];\n", node("connection", column.id), dot_text(connection_text(column)));
    for (const auto& row : table.rows) {
      text += fmt::format("  {} [label={}];\n  {} -> {};\n", node("client", row.id), dot_text(client_text(row)),
                          node("tenant", ""), node("client", row.id));
      for (std::size_t i = 0; i < row.cells.size(); ++i)
        if (row.cells[i].state != Cell::State::not_enabled)
          text +=
              fmt::format("  {} -> {} [tooltip={}];\n", node("client", row.id), node("connection", table.columns[i].id),
                          dot_text(cli::look_of(row.cells[i].state).words));
    }
  }
  return text + "}\n";
}

int graph(const Options& options, Console& console) {
  Pipeline pipeline;
  const std::string paths[] = {options.policy};
  if (const int built = build(paths, {.until = Phase::lower, .believing = &options.believing}, console, pipeline);
      built != exit_ok)
    return built;
  for (const auto& name : options.tenants)
    if (std::ranges::find(pipeline.parts, name, &program::Part::id) == pipeline.parts.end())
      return fail(console, no_such_tenant(pipeline, name), exit_usage);
  std::vector<Table> tables;
  for (const auto& part : pipeline.parts)
    if (options.tenants.empty() || std::ranges::find(options.tenants, part.id) != options.tenants.end())
      tables.push_back(overview::table_of(part, Action::login));
  const auto bands = bands_of(tables);
  switch (options.form) {
  case Form::svg: console.out(svg_of(bands)); break;
  case Form::html: console.out(html_of(bands, tables.size())); break;
  case Form::dot: console.out(dot_of(bands)); break;
  }
  return exit_ok;
}

}  // namespace

void declare_graph(CLI::App& app, Invocation& invocation) {
  const auto options = std::make_shared<Options>();
  static const std::map<std::string, Form> forms = {{"svg", Form::svg}, {"html", Form::html}, {"dot", Form::dot}};
  CLI::App* verb = app.add_subcommand("graph", "a picture of tenants, their clients and connections");
  verb->add_option("POLICY", options->policy, "a file, a folder, - for standard input, or a bundle")->required();
  verb->add_option("--tenant", options->tenants, "of this tenant alone; may be given several times")->type_name("ID");
  verb->add_option("--format", options->form, "svg, html, or dot for Graphviz")
      ->type_name("FORM")
      ->transform(CLI::Transformer(forms).description(""))
      ->default_str("svg");
  add_believing(*verb, options->believing);
  add_examples(*verb, {"writ graph my-policy > policy.svg", "writ graph my-policy --format html > policy.html",
                       "writ graph my-policy --format dot | dot -Tsvg > policy.svg"});
  runs(*verb, invocation, [options, &invocation] { return graph(*options, invocation.console); });
}

}  // namespace writ::cli
