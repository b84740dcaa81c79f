// sockprobed: the other end of a test.

#include "sockprobed/run.h"

int main(int argc, char** argv) { return static_cast<int>(tools::sockprobed::run(argc, argv)); }
