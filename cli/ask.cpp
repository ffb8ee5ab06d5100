// While the terminal does not echo, the signals that would end us wait in a descriptor: the terminal is put right first, then they
// come.
#include "cli/ask.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

namespace writ::cli {

namespace {

// A terminal that does not show what is typed, until this ends.
class Unseen {
 public:
  explicit Unseen(int terminal) : terminal_(terminal) {
    ::sigemptyset(&waiting_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) ::sigaddset(&waiting_, signal);
    ::sigprocmask(SIG_BLOCK, &waiting_, &before_);
    signals_ = ::signalfd(-1, &waiting_, SFD_CLOEXEC);
    good_ = ::tcgetattr(terminal_, &shown_) == 0;
    struct termios unseen = shown_;
    unseen.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    unseen.c_lflag |= ICANON | ISIG | ECHONL;
    good_ = good_ && ::tcsetattr(terminal_, TCSAFLUSH, &unseen) == 0 && signals_ >= 0;
  }
  ~Unseen() {
    ::tcsetattr(terminal_, TCSAFLUSH, &shown_);
    if (signals_ >= 0) ::close(signals_);
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);  // what waited comes now
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

  bool good() const { return good_; }
  // Until something was typed; false: a signal waits.
  bool wait() const {
    std::array<struct pollfd, 2> both = {{{terminal_, POLLIN, 0}, {signals_, POLLIN, 0}}};
    while (::poll(both.data(), both.size(), -1) < 0)
      if (errno != EINTR) return false;
    return (both[1].revents & POLLIN) == 0;
  }

 private:
  int terminal_, signals_ = -1;
  bool good_ = false;
  struct termios shown_{};
  sigset_t waiting_{}, before_{};
};

struct Piece {
  std::array<char, 4096> bytes{};
  Piece() = default;
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;
  ~Piece() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

// Appends what one read gives. False at the end, or with a problem.
bool read_more(Asked& asked, Piece& piece) {
  const ssize_t size = ::read(STDIN_FILENO, piece.bytes.data(), piece.bytes.size());
  if (size < 0 && errno == EINTR) return true;
  if (size < 0) asked.problem = fmt::format("cannot read standard input: {}", std::strerror(errno));
  if (size > 0) asked.password.append({piece.bytes.data(), static_cast<std::size_t>(size)});
  return size > 0;
}

void take_line_end(Secret& password) {
  if (password.expose().ends_with('\n')) password.pop();
  if (password.expose().ends_with('\r')) password.pop();
}

void read_terminal(Asked& asked, std::string_view prompt) {
  std::fwrite(prompt.data(), 1, prompt.size(), stderr);
  std::fflush(stderr);
  const Unseen unseen(STDIN_FILENO);
  if (!unseen.good()) {
    asked.problem = "the terminal cannot be kept from showing the password";
    return;
  }
  Piece piece;
  if (!unseen.wait())
    asked.problem = "interrupted";
  else if (!read_more(asked, piece) && asked.problem.empty())
    asked.problem = "no password was typed";
}

}  // namespace

Asked ask_password(std::string_view prompt, std::size_t most) {
  Asked asked;
  const bool typed = ::isatty(STDIN_FILENO) == 1;
  if (typed) {
    read_terminal(asked, prompt);
  } else {
    Piece piece;
    constexpr std::size_t line_end = 2;
    while (asked.password.size() <= most + line_end && read_more(asked, piece)) {}
  }
  take_line_end(asked.password);
  if (asked.problem.empty() && asked.password.size() > most)
    asked.problem = fmt::format("the password has more than {} bytes", most);
  if (!asked.problem.empty()) asked.password = Secret();
  return asked;
}

}  // namespace writ::cli
