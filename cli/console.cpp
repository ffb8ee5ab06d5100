// Standard streams by stdio: a failed write is remembered and becomes the exit code, because a decision that nobody could read is no success.
#include "cli/console.h"

#include "compiler/diagnostics/display.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace writ::cli {

namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool wants_color(Color choice, int descriptor) {
  if (choice != Color::automatic) return choice == Color::always;
  if (is_set("NO_COLOR")) return false;
  if (is_set("CLICOLOR_FORCE") && std::string_view(std::getenv("CLICOLOR_FORCE")) != "0") return true;
  if (!is_set("TERM") || std::string_view(std::getenv("TERM")) == "dumb") return false;
  return ::isatty(descriptor) == 1;
}

constexpr auto patience = std::chrono::milliseconds(500);  // before the first sign of progress
constexpr auto interval = std::chrono::milliseconds(100);

}  // namespace

Console::Console()
    : watched_(::isatty(STDERR_FILENO) == 1 && is_set("TERM") && std::string_view(std::getenv("TERM")) != "dumb") {
  set_color(Color::automatic);
}

void Console::set_color(Color choice) {
  color_out_ = wants_color(choice, STDOUT_FILENO);
  color_err_ = wants_color(choice, STDERR_FILENO);
}

void Console::out(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) failed_ = true;
}

void Console::err(std::string_view text) {
  std::fflush(stdout);  // so that both streams keep their order where they meet
  if (std::fwrite(text.data(), 1, text.size(), stderr) != text.size()) failed_ = true;
}

void Console::flush() {
  if (std::fflush(stdout) != 0) failed_ = true;
}

std::string Console::painted(Paint paint, std::string_view text, bool for_errors) const {
  if (!(for_errors ? color_err_ : color_out_) || paint == Paint::plain) return std::string(text);
  static constexpr std::string_view codes[] = {"", "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[2m", "\x1b[1m"};
  return fmt::format("{}{}\x1b[0m", codes[static_cast<std::size_t>(paint)], text);
}

// Long lines are hard to read however wide the terminal is.
std::size_t Console::width() const {
  constexpr std::size_t usual = 80, narrowest = 40, widest = 100;
  struct winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
  return std::clamp<std::size_t>(size.ws_col, narrowest, widest);
}

bool Console::finish() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) failed_ = true;
  return !failed_;
}

Progress::Progress(Console& console, std::string_view what, std::size_t total)
    : console_(console), what_(what), total_(total), next_(std::chrono::steady_clock::now() + patience) {}

Progress::~Progress() {
  if (shown_) console_.err("\r\x1b[K");
}

bool Progress::is_time() {
  const auto now = std::chrono::steady_clock::now();
  if (!console_.watched() || now < next_) return false;
  next_ = now + interval;
  shown_ = true;
  return true;
}

void Progress::step() {
  constexpr std::size_t stride = 64;  // looking at the clock costs more than most steps
  if (++done_ % stride != 0 || !is_time()) return;
  console_.err(total_ > 0 ? fmt::format("\r{} {} of {}\x1b[K", what_, done_, total_)
                          : fmt::format("\r{} {}\x1b[K", what_, done_));
}

void Progress::reach(std::uint64_t done, std::uint64_t total, std::uint64_t unit_size, std::string_view unit) {
  if (!is_time()) return;
  if (total == 0) {
    console_.err(fmt::format("\r{} {} {}\x1b[K", what_, done / unit_size, unit));
    return;
  }
  constexpr std::size_t width = 30;
  const double part = static_cast<double>(std::min(done, total)) / static_cast<double>(total);
  const auto full = static_cast<std::size_t>(part * width);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
  const auto left = part > 0 ? static_cast<std::uint64_t>(seconds / part - seconds) : 0;
  console_.err(fmt::format("\r{} [{}{}] {:3.0f} %  {} of {} {}, {} left\x1b[K", what_, std::string(full, '#'),
                           std::string(width - full, '.'), part * 100, done / unit_size, total / unit_size, unit,
                           left < 90 ? fmt::format("{} s", left) : fmt::format("{} min", (left + 30) / 60)));
}

std::string safe(std::string_view text) { return display::safe(text); }

std::size_t columns(std::string_view text) {
  std::size_t total = 0;
  for (const display::Cell& cell : display::cells(text)) total += cell.width;
  return total;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t taken = columns(text);
  return std::string(text) + std::string(taken < width ? width - taken : 0, ' ');
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  if (count == 1) return fmt::format("1 {}", one);
  return many.empty() ? fmt::format("{} {}s", count, one) : fmt::format("{} {}", count, many);
}

}  // namespace writ::cli
