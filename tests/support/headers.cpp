// Nothing: CMake builds a precompiled header only beside a source that uses it, and catch_main.cpp must not.
