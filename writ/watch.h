// Keeping an engine at the latest version of a file, a folder or an address. Of the component `watch`.
#pragma once

#include "runtime/watch/watch.h"
