// Diagnostics as people read them. One message is a head line, the source line with the narrowest thing underlined, the
// second places each with their own line, then help:
//
//   error[E0301]: `user.department` may be absent
//      ┌─ acme/admin.writ:12:19
//   12 │   deny login when user.department != "IT"
//      │                   ^^^^^^^^^^^^^^^ declared `string?`
//      ├─ acme/facts.writ:3:3
//    3 │   user.department : string?
//      │   --------------- declared here
//      = help: to deny when it is absent: …
//      = see: writ explain E0301
//
// Source text is the author's and may hold anything: tabs are expanded, control and direction-changing characters and
// broken UTF-8 are shown as a replacement, so that a policy cannot write to the terminal; wide characters take two
// columns; a long line is clipped around the underlined part. A span over several lines shows its first.
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/diagnostics/display.h"

#include <algorithm>

#include <fmt/format.h>

namespace writ {

namespace {

constexpr std::size_t widest_line = 110;  // columns of source shown
constexpr std::size_t context_left = 40;  // columns kept before the underlined part of a clipped line
constexpr std::size_t most_labels = 8;    // second places shown of one message

struct Palette {
  std::string_view error, warning, info, frame, second, help, strong, off;
};
constexpr Palette plain{};
constexpr Palette colored{"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m", "\x1b[34m",
                          "\x1b[36m",   "\x1b[32m",   "\x1b[1m",    "\x1b[0m"};

// The cells of one source line that are shown, and where the underlined ones stand among them.
struct Excerpt {
  std::string text;
  std::size_t begin = 0, width = 1;  // display columns within `text`
};

// The part of a line that is looked at: a line may be a whole file of sixteen megabytes, and a terminal shows a hundred columns.
struct Window {
  std::string_view text;
  std::size_t begin = 0, end = 0;  // the underlined part, within `text`
  bool cut_left = false, cut_right = false;
};

Window window(std::string_view line, std::size_t begin, std::size_t end) {
  constexpr std::size_t bytes_left = 1'000, bytes_right = 2'000;
  const auto boundary = [&](std::size_t at) {
    for (std::size_t steps = 0; steps < 3 && at > 0 && (static_cast<unsigned char>(line[at]) & 0xc0u) == 0x80u; ++steps)
      --at;
    return at;
  };
  const std::size_t from = begin > bytes_left ? boundary(begin - bytes_left) : 0;
  const std::size_t to = line.size() > begin + bytes_right ? boundary(begin + bytes_right) : line.size();
  return {line.substr(from, to - from), begin - from, std::min(end, to) - from, from > 0, to < line.size()};
}

Excerpt excerpt(std::string_view line, std::size_t begin, std::size_t end) {
  const Window seen = window(line, begin, end);
  const std::vector<display::Cell> cells = display::cells(seen.text);
  std::size_t before = 0, marked = 0, total = 0;
  for (const display::Cell& cell : cells) {
    if (cell.offset < seen.begin)
      before += cell.width;
    else if (cell.offset < seen.end)
      marked += cell.width;
    total += cell.width;
  }
  const bool long_line = total > widest_line || seen.cut_left;
  const std::size_t first = long_line && before > context_left ? before - context_left : 0;
  const std::size_t last = first + widest_line;
  const bool cut_left = first > 0 || seen.cut_left;
  Excerpt result{cut_left ? "…" : "", before - first + (cut_left ? 1 : 0), 1};
  std::size_t column = 0;
  for (const display::Cell& cell : cells) {
    if (column >= first && column + cell.width <= last) result.text += cell.text;
    column += cell.width;
  }
  if (total > last || seen.cut_right) result.text += "…";
  const std::size_t shown = last > before ? last - before : 1;
  result.width = std::max<std::size_t>(1, std::min(marked, shown));
  return result;
}

class Page {
 public:
  Page(const SourceSet& sources, bool color) : sources_(sources), palette_(color ? colored : plain) {}

  void add(const Notice& notice) {
    const Diagnostic& one = *notice.what;
    const std::string_view loud = notice.severity == Severity::error     ? palette_.error
                                  : notice.severity == Severity::warning ? palette_.warning
                                                                         : palette_.info;
    gutter_ = gutter_of(one);
    out_ += fmt::format("{}{}[{}]{}{}: {}{}\n", loud, name_of(notice.severity), notice.name, palette_.off,
                        palette_.strong, display::safe(one.message), palette_.off);
    if (one.span.known()) place("┌─", one.span, '^', loud, one.label);
    const std::size_t labels = std::min(one.more.size(), most_labels);
    for (std::size_t i = 0; i < labels; ++i)
      if (one.more[i].span.known())
        place(i == 0 && !one.span.known() ? "┌─" : "├─", one.more[i].span, '-', palette_.second, one.more[i].text);
    if (one.more.size() > labels) note("note", fmt::format("and {} more places", one.more.size() - labels));
    for (const Help& help : one.help) note("help", help.text);
    note("see", "writ explain " + notice.name);
  }

  std::string take() { return std::move(out_); }
  void line(std::string_view text) { out_ += text, out_ += '\n'; }

 private:
  std::size_t gutter_of(const Diagnostic& one) const {
    std::uint32_t last = 1;
    if (one.span.known()) last = sources_.position(one.span.file, one.span.begin).line;
    for (std::size_t i = 0; i < std::min(one.more.size(), most_labels); ++i)
      if (one.more[i].span.known())
        last = std::max(last, sources_.position(one.more[i].span.file, one.more[i].span.begin).line);
    return std::to_string(last).size();
  }

  void place(std::string_view corner, Span span, char mark, std::string_view paint, std::string_view label) {
    const Position at = sources_.position(span.file, span.begin);
    const std::string_view line = sources_.line(span.file, at.line);
    const std::string_view whole = sources_.text(span.file);
    const auto start = static_cast<std::size_t>(line.data() == nullptr ? 0 : line.data() - whole.data());
    const std::size_t begin = std::min<std::size_t>(span.begin - std::min<std::size_t>(start, span.begin), line.size());
    const std::size_t end = std::clamp<std::size_t>(span.end > start ? span.end - start : 0, begin, line.size());
    const Excerpt shown = excerpt(line, begin, end);
    out_ += fmt::format("{:{}} {}{}{} {}\n", "", gutter_, palette_.frame, corner, palette_.off,
                        display::safe(sources_.place(span)));
    out_ += fmt::format("{}{:>{}} │{} {}\n", palette_.frame, at.line, gutter_, palette_.off, shown.text);
    out_ +=
        fmt::format("{:{}} {}│{} {:{}}{}{}{}{}{}\n", "", gutter_, palette_.frame, palette_.off, "", shown.begin, paint,
                    std::string(shown.width, mark), label.empty() ? "" : " ", display::safe(label), palette_.off);
  }

  void note(std::string_view word, std::string_view text) {
    out_ += fmt::format("{:{}} {}={} {}{}:{} {}\n", "", gutter_, palette_.frame, palette_.off, palette_.help, word,
                        palette_.off, display::safe(text));
  }

  const SourceSet& sources_;
  const Palette& palette_;
  std::size_t gutter_ = 1;
  std::string out_;
};

std::vector<Notice> notices_of(std::span<const Diagnostic> list) {
  std::vector<Notice> notices;
  notices.reserve(list.size());
  for (const Diagnostic& one : list) notices.push_back(notice_of(one));
  return notices;
}

}  // namespace

Notice notice_of(const Diagnostic& one) {
  const CodeRow& row = row_of(one.code);
  return {row.severity, code_text(one.code), row.title, &one};
}

std::string render_pretty(std::span<const Diagnostic> list, const SourceSet& sources, const RenderOptions& options) {
  return render_pretty(notices_of(list), sources, options);
}

std::string render_pretty(std::span<const Notice> list, const SourceSet& sources, const RenderOptions& options) {
  Page page(sources, options.color);
  const std::size_t shown = std::min(list.size(), options.max_errors);
  for (std::size_t i = 0; i < shown; ++i) {
    page.add(list[i]);
    page.line("");
  }
  if (shown < list.size())
    page.line(fmt::format("and {} more, which `{}` lists\n", list.size() - shown, options.all_by));
  return page.take();
}

namespace {

std::string json_place(Span span, const SourceSet& sources) {
  if (!span.known()) return R"("file":null,"line":null,"column":null,"end_line":null,"end_column":null)";
  const Position begin = sources.position(span.file, span.begin);
  const Position end = sources.position(span.file, std::max(span.begin, span.end));
  return fmt::format(R"("file":{},"line":{},"column":{},"end_line":{},"end_column":{})",
                     display::json(sources.name(span.file)), begin.line, begin.column, end.line, end.column);
}

// With what an editor has to put where to follow it.
std::string json_help(const Help& help, const SourceSet& sources) {
  std::string edits;
  for (const Edit& edit : help.edits)
    edits += fmt::format(R"({}{{{},"text":{}}})", edits.empty() ? "" : ",", json_place(edit.span, sources),
                         display::json(edit.text));
  return fmt::format(R"({{"text":{},"edits":[{}]}})", display::json(help.text), edits);
}

std::string json_object(const Notice& notice, const SourceSet& sources) {
  const Diagnostic& one = *notice.what;
  std::string labels, help;
  for (const Label& label : one.more)
    labels += fmt::format(R"({}{{{},"label":{}}})", labels.empty() ? "" : ",", json_place(label.span, sources),
                          display::json(label.text));
  for (const Help& line : one.help) help += (help.empty() ? "" : ",") + json_help(line, sources);
  return fmt::format(
      R"({{"code":"{}","severity":"{}","title":{},"message":{},{},"label":{},"labels":[{}],"help":[{}]}})", notice.name,
      name_of(notice.severity), display::json(notice.title), display::json(one.message), json_place(one.span, sources),
      display::json(one.label), labels, help);
}

}  // namespace

// An array with one object a line; columns count code points and end_column is the first one past the span.
std::string render_json(std::span<const Diagnostic> list, const SourceSet& sources) {
  return render_json(notices_of(list), sources);
}

std::string render_json(std::span<const Notice> list, const SourceSet& sources) {
  std::string out = "[";
  for (const Notice& one : list) out += (out.size() > 1 ? ",\n " : "\n ") + json_object(one, sources);
  return out + (list.empty() ? "]\n" : "\n]\n");
}

}  // namespace writ
