// One style for all pictures. Colours are written out for both schemes: many who draw SVG know no variables.
#include "cli/picture.h"

#include "cli/console.h"

#include <algorithm>

#include <fmt/format.h>

namespace writ::cli {

namespace {

struct Scheme {
  std::string_view ground, ink, faint, line, panel, yes, yes_ground, some, some_ground, no, no_ground;
};
constexpr Scheme light = {"#ffffff", "#1f2328", "#59636e", "#d1d9e0", "#f6f8fa", "#1a7f37",
                          "#dafbe1", "#7d4e00", "#fff8c5", "#c21c2b", "#ffebe9"};
constexpr Scheme dark = {"#0d1117", "#e6edf3", "#9198a1", "#3d444d", "#151b23", "#57d364",
                         "#12361f", "#e3b341", "#3a2d0a", "#ff7b72", "#4a1a1f"};

// Of what both forms have. `svg` fills shapes, HTML paints grounds; text is the same.
std::string colors(const Scheme& s) {
  return fmt::format(
      ".ground{{fill:{0}}}.box{{fill:{4};stroke:{3}}}.band{{fill:none;stroke:{3}}}"
      "text{{fill:{1}}}text.faint{{fill:{2}}}text.yes{{fill:{5}}}text.some{{fill:{7}}}text.no{{fill:{9}}}"
      "rect.yes{{fill:{6};stroke:{5}}}rect.some{{fill:{8};stroke:{7}}}rect.no{{fill:{10};stroke:{9}}}"
      "rect.off{{fill:none;stroke:{3};stroke-dasharray:3 3}}"
      "path{{fill:none;stroke:{3};stroke-width:1.5}}path.yes{{stroke:{5}}}path.some{{stroke:{7}}}"
      "path.no{{stroke:{9};stroke-dasharray:4 4}}",
      s.ground, s.ink, s.faint, s.line, s.panel, s.yes, s.yes_ground, s.some, s.some_ground, s.no, s.no_ground);
}

std::string page_colors(const Scheme& s) {
  return fmt::format(
      "body{{background:{0};color:{1}}}.faint,footer{{color:{2}}}table,td,th,input,section{{border-color:{3}}}"
      "th,input{{background:{4};color:{1}}}td.yes{{background:{6};color:{5}}}td.some{{background:{8};color:{7}}}"
      "td.no{{background:{10};color:{9}}}td.off{{color:{2}}}a{{color:{5}}}",
      s.ground, s.ink, s.faint, s.line, s.panel, s.yes, s.yes_ground, s.some, s.some_ground, s.no, s.no_ground);
}

constexpr std::string_view font = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

std::string svg_style() {
  return fmt::format("text{{font:13px {}}}text.strong{{font-weight:700}}{}@media(prefers-color-scheme:dark){{{}}}",
                     font, colors(light), colors(dark));
}

// Bytes of a code point that no XML document may hold.
std::string number(double value) {
  auto text = fmt::format("{:.1f}", value);
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

std::string title_of(std::string_view title) {
  return title.empty() ? std::string() : fmt::format("<title>{}</title>", escaped(title));
}

}  // namespace

std::string shortened(std::string_view text, std::size_t most) {
  const std::string whole = safe(text);
  if (columns(whole) <= most) return whole;
  std::string made = whole;
  while (!made.empty() && columns(made) + 1 > most) {
    do made.pop_back();
    while (!made.empty() && (static_cast<unsigned char>(made.back()) & 0xC0) == 0x80);
    // What is left may end in the first byte of what was cut.
    while (!made.empty() && static_cast<unsigned char>(made.back()) >= 0xC0) made.pop_back();
  }
  return made + "…";
}

double Svg::width_of(std::string_view text) { return static_cast<double>(columns(safe(text))) * character; }

void Svg::reach(double x, double y) {
  width_ = std::max(width_, x);
  height_ = std::max(height_, y);
}

void Svg::box(double x, double y, double width, double height, std::string_view kind, std::string_view title) {
  body_ += fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\">{}</rect>\n", kind,
                       number(x), number(y), number(width), number(height), title_of(title));
  reach(x + width, y + height);
}

void Svg::text(double x, double y, std::string_view text, std::string_view kind) {
  body_ += fmt::format("<text{} x=\"{}\" y=\"{}\" xml:space=\"preserve\">{}</text>\n",
                       kind.empty() ? std::string() : fmt::format(" class=\"{}\"", kind), number(x), number(y),
                       escaped(text));
  reach(x + width_of(text), y + line / 2);
}

void Svg::curve(double x1, double y1, double x2, double y2, std::string_view kind, std::string_view title) {
  const auto middle = (x1 + x2) / 2;
  body_ += fmt::format("<path{} d=\"M{} {}C{} {} {} {} {} {}\">{}</path>\n",
                       kind.empty() ? std::string() : fmt::format(" class=\"{}\"", kind), number(x1), number(y1),
                       number(middle), number(y1), number(middle), number(y2), number(x2), number(y2), title_of(title));
  reach(std::max(x1, x2), std::max(y1, y2));
}

std::string Svg::finish(bool alone) const {
  constexpr double margin = 16;
  const auto width = number(width_ + margin), height = number(height_ + margin);
  const std::string head = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" role=\"img\">\n",
      width, height);
  if (!alone) return head + body_ + "</svg>\n";
  return fmt::format("{}<style>{}</style>\n<rect class=\"ground\" width=\"{}\" height=\"{}\"/>\n{}</svg>\n", head,
                     svg_style(), width, height, body_);
}

std::string apart(std::string_view text) {
  constexpr std::string_view blanks = "   ";
  std::string made;
  for (auto at = text.find(blanks); at != std::string_view::npos; at = text.find(blanks)) {
    made += escaped(text.substr(0, at)) + "&emsp;";
    text.remove_prefix(at + blanks.size());
  }
  return made + escaped(text);
}

std::string html_page(std::string_view title, std::string_view body, bool filter) {
  std::string field, script;
  if (filter) {
    field =
        "<input id=\"filter\" type=\"search\" placeholder=\"tenant, client or connection\" aria-label=\"filter\">\n";
    script = R"(<script>
const field = document.getElementById("filter");
field.addEventListener("input", () => {
  const wanted = field.value.toLowerCase();
  for (const one of document.querySelectorAll("section"))
    one.hidden = !one.dataset.name.includes(wanted);
});
</script>
)";
  }
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<title>{0}</title>\n<style>body{{font:14px/1.5 system-ui,sans-serif;margin:24px}}"
      "table{{border-collapse:collapse;margin:12px 0}}td,th{{border:1px solid;padding:4px 10px;text-align:left;"
      "font:13px {1};white-space:nowrap}}table.legend td{{border:0;padding:1px 12px 1px 0;white-space:normal}}"
      "section{{border-top:1px solid;overflow-x:auto;padding:8px 0;content-visibility:auto;contain-intrinsic-size:auto "
      "160px}}input{{border:1px solid;border-radius:4px;"
      "padding:6px 10px;width:24em;max-width:90%}}h2{{font-size:16px}}summary{{cursor:pointer}}{2}{3}"
      "@media(prefers-color-scheme:dark){{{4}{5}}}</style>\n</head>\n<body>\n<h1>{0}</h1>\n{6}{7}{8}</body>\n</html>\n",
      escaped(title), font, fmt::format("text{{font:13px {}}}text.strong{{font-weight:700}}", font),
      colors(light) + page_colors(light), colors(dark), page_colors(dark), field, body, script);
}

}  // namespace writ::cli
