/** Charts, web pages and traces made of plain data; knows nothing of planning or serving. */
@NullMarked
package io.ppipe.report;

import org.jspecify.annotations.NullMarked;
