// Nodes and comments on lines: the formatter. Two blanks a level, nothing aligned, at most one empty line in a row and
// none at the edges of a block. Where the author broke lines is kept in two places only: an empty line between two
// statements, and a block whose first entry stands on a line of its own stays open (one statement a line); any other
// block is closed up to `{ a; b }` as long as it fits the width. So the result is a fixed point of itself.
//
// Comments. One behind a statement stays behind it. One on its own line stays before what follows it, or last in its
// block. One inside a statement, between its words, moves up before the statement: there is no better place that every
// version of the statement has.
#include "compiler/syntax/print.h"
#include "compiler/syntax/syntax.h"

#include <algorithm>
#include <limits>
#include <string>

namespace writ::syntax {

namespace {

using tree::Comment;
using tree::Tree;

class Layout {
 public:
  explicit Layout(const Tree& tree) : tree_(tree) {}

  std::string file() {
    comments_before(tree_.header.begin, 0);
    gap(tree_.header.begin);
    line(0, "writ " + std::to_string(tree_.version));
    std::vector<Printed> nodes;
    for (const auto& declaration : tree_.declarations) nodes.push_back(declaration_node(tree_, declaration));
    const auto end = std::numeric_limits<std::uint32_t>::max();
    if (from_source(tree_.header)) behind(tree_.header, nodes.empty() ? end : nodes.front().span.begin);
    list(nodes, 0, end);
    comments_before(end, 0);
    return std::move(out_);
  }

 private:
  // ------------------------------------------------------------ places in the source

  std::size_t line_of(std::uint32_t offset) const {
    return static_cast<std::size_t>(std::upper_bound(tree_.line_starts.begin(), tree_.line_starts.end(), offset) -
                                    tree_.line_starts.begin());
  }
  bool from_source(const Span& span) const { return span.known() && !tree_.line_starts.empty(); }

  // ------------------------------------------------------------ lines

  void line(std::size_t level, std::string_view text) {
    out_.append(level * 2, ' ');
    out_ += text;
    out_ += '\n';
  }

  // An empty line, where the author left one or more before what begins at `begin`.
  void gap(std::uint32_t begin) {
    if (!fresh_ && line_of(begin) > line_of(last_) + 1) out_ += '\n';
    fresh_ = false;
  }

  // ------------------------------------------------------------ comments

  bool comment_before(std::uint32_t offset) const {
    return next_ < tree_.comments.size() && tree_.comments[next_].span.begin < offset;
  }

  void comments_before(std::uint32_t offset, std::size_t level) {
    while (comment_before(offset)) {
      const auto& comment = tree_.comments[next_++];
      gap(comment.span.begin);
      line(level, comment.text);
      last_ = comment.span.end;
    }
  }

  // Those between the words of a statement, before it.
  void comments_inside(const Span& span, std::size_t level) {
    while (comment_before(span.end)) line(level, tree_.comments[next_++].text);
  }

  // The one behind what ended at `span.end`, on the line just written, unless what comes next stands before it.
  void behind(const Span& span, std::uint32_t next) {
    last_ = std::max(last_, span.end);
    fresh_ = false;
    if (!comment_before(next)) return;
    const auto& comment = tree_.comments[next_];
    if (comment.own_line || line_of(comment.span.begin) != line_of(span.end)) return;
    append(comment);
  }

  void append(const Comment& comment) {
    out_.pop_back();
    out_ += "  " + comment.text + '\n';
    last_ = comment.span.end;
    ++next_;
  }

  // ------------------------------------------------------------ nodes

  // `end`: where the list ends in the source.
  void list(const std::vector<Printed>& nodes, std::size_t level, std::uint32_t end) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const auto& span = nodes[i].span;
      if (from_source(span)) {
        comments_before(span.begin, level);
        gap(span.begin);
      } else if (level == 0) {
        out_ += '\n';
      }
      statement(nodes[i], level);
      if (from_source(span)) behind(span, i + 1 < nodes.size() ? nodes[i + 1].span.begin : end);
    }
  }

  void statement(const Printed& node, std::size_t level) {
    const bool has_room =
        node.block && (node.entries.empty() ? node.always_open : from_source(node.entries.front().span));
    if (from_source(node.span) && !has_room) comments_inside(node.span, level);
    if (node.block && opens(node, level)) return open(node, level);
    const auto flat = flat_text(node);
    const bool fits = level * 2 + flat.size() <= line_width;
    if (node.broken.empty() || (fits && !node.prefers_broken)) return line(level, flat);
    for (const auto& part : node.broken) line(level, part);
  }

  static std::string flat_text(const Printed& node) {
    if (!node.block) return node.text;
    if (node.entries.empty()) return node.text + " {}";
    std::string text = node.text + " {";
    for (std::size_t i = 0; i < node.entries.size(); ++i) text += (i == 0 ? " " : "; ") + flat_text(node.entries[i]);
    return text + " }";
  }

  // One line for each entry?
  bool opens(const Printed& node, std::size_t level) const {
    const bool places = from_source(node.span);
    if (places && comment_before(node.span.end)) return true;
    if (node.entries.empty()) return false;
    const auto& first = node.entries.front();
    if (places && from_source(first.span) && line_of(first.span.begin) > line_of(node.span.begin)) return true;
    if (!places && node.always_open) return true;
    return level * 2 + flat_text(node).size() > line_width;
  }

  void open(const Printed& node, std::size_t level) {
    line(level, node.text + " {");
    const auto first = node.entries.empty() ? node.span.end : node.entries.front().span.begin;
    if (from_source(node.span)) {
      last_ = node.span.begin;
      if (comment_before(first) && !tree_.comments[next_].own_line) append(tree_.comments[next_]);
    }
    fresh_ = true;
    list(node.entries, level + 1, node.span.end);
    if (from_source(node.span)) comments_before(node.span.end, level + 1);
    fresh_ = false;
    line(level, "}");
  }

  const Tree& tree_;
  std::string out_;
  std::size_t next_ = 0;    // comment not yet written
  std::uint32_t last_ = 0;  // where what was written last ended in the source
  bool fresh_ = true;       // nothing written yet in this block: no empty line
};

}  // namespace

}  // namespace writ::syntax

namespace writ {

std::string format(const tree::Tree& tree) { return syntax::Layout(tree).file(); }

}  // namespace writ
