#!/bin/sh
# write-index.sh WEIR DIR: makes the index of the modules that were just installed in DIR below the
# prefix. Without an index every start loads all modules, which works: a machine that cannot run
# what it installs (a cross build) is told, and goes on.
dir=$MESON_INSTALL_DESTDIR_PREFIX/$2
[ -z "$MESON_INSTALL_DRY_RUN" ] || exit 0
"$1" inspect --index "$dir" || echo "run on the target: weir inspect --index $2"
