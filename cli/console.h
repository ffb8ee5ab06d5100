// Where output goes. Data goes to standard output and messages to standard error; each is coloured only when it is a terminal that wants
// colour. Text of policies and requests passes through `safe` on its way, so that it cannot do anything to a terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace writ::cli {

enum class Color : std::uint8_t { automatic, always, never };
enum class Paint : std::uint8_t { plain, good, bad, warn, faint, strong };

class Console {
 public:
  Console();
  // --color; without it NO_COLOR, CLICOLOR_FORCE, TERM=dumb and the kind of the stream decide, in this order.
  void set_color(Color choice);

  void out(std::string_view text);  // as it is
  void err(std::string_view text);
  void flush();  // what was given to `out` is with whoever reads it
  // `text` between the colour's codes, for the stream it will be written to.
  std::string painted(Paint paint, std::string_view text, bool for_errors = false) const;
  bool colored_out() const { return color_out_; }
  bool colored_err() const { return color_err_; }
  std::size_t width() const;                 // columns for prose on standard output
  bool watched() const { return watched_; }  // somebody sees standard error as it is written

  // False when something could not be written: the disk is full, say.
  bool finish();

 private:
  bool color_out_ = false, color_err_ = false, watched_ = false, failed_ = false;
};

// A counter on the terminal for work that takes long; silent elsewhere, and for short work.
class Progress {
 public:
  Progress(Console& console, std::string_view what, std::size_t total = 0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void step();
  // How much of the total is done, for work that knows: a bar. `unit` says of what ("MB"); a total of 0 is not known.
  void reach(std::uint64_t done, std::uint64_t total, std::uint64_t unit_size, std::string_view unit);

 private:
  bool is_time();
  Console& console_;
  std::string what_;
  std::size_t total_, done_ = 0;
  std::chrono::steady_clock::time_point next_, began_ = std::chrono::steady_clock::now();
  bool shown_ = false;
};

std::string safe(std::string_view text);
std::size_t columns(std::string_view text);                                                // on a terminal
std::string padded(std::string_view text, std::size_t columns);                            // to the left, never cut
std::string counted(std::size_t count, std::string_view one, std::string_view many = {});  // "1 file", "2 files"

}  // namespace writ::cli
