// Counters in a file, which the processes of one machine share and which outlives them. Each attempt is one transaction that writes; another one waits
// for it, so long as it has patience, and is away then.
//
// The file is in WAL mode: what was counted in the moment before the machine lost power may be lost, nothing else is. Counters that forget (`within`) are
// swept out when they are over; those that do not stay until they are forgotten, and who tries ever new names makes the file grow.
#pragma once

#include "runtime/store/store.h"

#include <chrono>
#include <memory>
#include <string>

namespace writ {

struct SqliteOptions {
  std::string path;  // made when it is not there, for its owner alone
  std::chrono::milliseconds patience{250};
};

// Null, and `error` says why.
std::shared_ptr<CounterStore> open_sqlite_store(const SqliteOptions& options, std::string& error);

}  // namespace writ
