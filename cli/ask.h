// Asking for a password: from the terminal without showing it, or from standard input. Never from an argument, which others see in
// the list of processes and find in the shell's history.
#pragma once

#include "runtime/password/secret.h"

#include <cstddef>
#include <string>

namespace writ::cli {

struct Asked {
  std::string problem;  // what went wrong; then there is no password
  Secret password;
};

// A terminal is asked with `prompt`, and a line is read. Of what is piped in, all is the password but one line end at the end.
// More than `most` bytes are a problem, and are not kept.
Asked ask_password(std::string_view prompt, std::size_t most);

}  // namespace writ::cli
