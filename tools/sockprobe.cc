// sockprobe: is that port open, and if not, who says so.

#include "sockprobe/run.h"

int main(int argc, char** argv) { return static_cast<int>(tools::sockprobe::run(argc, argv)); }
