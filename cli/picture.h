// Pictures: SVG and HTML that stand alone, for light and dark, with every text escaped. Text is set in a monospaced font, whose widths are known
// without one: so nothing overlaps wherever it is shown.
#pragma once

#include "cli/xml.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace writ::cli {

// At most so many columns of a terminal, with an ellipsis where some are left out.
std::string shortened(std::string_view text, std::size_t columns);

class Svg {
 public:
  static constexpr double character = 7.9, line = 18;  // of the text, in user units

  static double width_of(std::string_view text);
  // `kind` is a class of the style: see picture.cpp. `title` is shown where a pointer rests.
  void box(double x, double y, double width, double height, std::string_view kind, std::string_view title = {});
  void text(double x, double y, std::string_view text, std::string_view kind = {});  // y: of the baseline
  void curve(double x1, double y1, double x2, double y2, std::string_view kind, std::string_view title = {});
  // The whole; `alone`: with what a file needs, else to stand in a page of ours.
  std::string finish(bool alone) const;
  double width() const { return width_; }
  double height() const { return height_; }

 private:
  void reach(double x, double y);
  std::string body_;
  double width_ = 0, height_ = 0;
};

// A page; `filter`: with a field that hides the sections whose `data-name` does not hold what is typed.
// What stands three blanks apart, as a page keeps it.
std::string apart(std::string_view text);
std::string html_page(std::string_view title, std::string_view body, bool filter);

}  // namespace writ::cli
