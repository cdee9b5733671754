/** The command line: the only place where things are wired together. */
@NullMarked
package io.ppipe.cli;

import org.jspecify.annotations.NullMarked;
