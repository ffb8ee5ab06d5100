// Opening a bundle for a verb: nothing of it is used before it is judged.
#pragma once

#include "cli/believing.h"
#include "cli/console.h"
#include "runtime/bundle/bundle.h"
#include "runtime/bundle/trust.h"

#include <cstdint>
#include <memory>
#include <string>

namespace writ::cli {

bool begins_as_bundle(const std::string& path);
bool begins_as_delta(const std::string& path);

std::int64_t now_micros();
// "writ: `all.writb` is refused: expired: …", and the exit code: exit_refused, or exit_failure where the file cannot be read.
int refuse(Console& console, const std::string& path, const bundle::Problem& problem);
// What says whom to believe; exit_ok, or it told why not. Without any key and without --insecure-unsigned everything is refused.
int trust_of(const Believing& believing, Console& console, bundle::Trust& trust);
// Opened and judged. Null: it told why, and `code` is the exit code.
std::shared_ptr<const bundle::Bundle> open_bundle(const std::string& path, const Believing& believing, Console& console,
                                                  int& code);
// "version 3 of channel default (5d0c91a2…)"
std::string name_of(const bundle::Bundle& bundle);
std::string short_hash(const bundle::Digest& digest);

}  // namespace writ::cli
