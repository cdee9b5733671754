package io.ppipe.profile;

/** Takes batches through all stages that are measured, one stage after the other, as the server runs them. */
interface Passes extends AutoCloseable {
    /**
     * Runs one batch through all stages.
     *
     * @return nanoseconds as {@code [vGPU][stage]}: one row for each vGPU that was busy at the same time
     * @throws io.ppipe.model.BadInputException when a stage can't be run at this batch size
     */
    long[][] run(int batchSize);

    @Override
    void close();
}
