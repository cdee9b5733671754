package io.ppipe.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A folder of invented figures: two models of three blocks, classes {@code fast} and {@code slow}, two instances, and a plan
 * of one of them.
 */
final class SmallReference {
    static final String INSTANCES = """
        instance,cluster,model,slo_us,weight,rate_estimate_rps,margin_us,batch_build_factor,max_stages,nic_gbps,classes(name:count:gpus_per_server:max_shares)
        two-a,c,m,40000.25,0.6,900.5,10000,1.3,2,10,fast:2:2:2 slow:6:1:1
        two-a,c,n,50000,0.4,700,20000,1.2,2,10,fast:2:2:2 slow:6:1:1
        three-b,c,n,50000,1,700,5000,1.3,3,10,fast:2:2:2 slow:6:1:1
        """;

    /** Of two-a: both models run block 0 on three slow GPUs and the rest on the halves of a fast one. */
    static final String PLAN = """
        [
          {"model": "m", "throughput_rps": 285, "pipelines": [
            {"throughput_rps": 285, "batch": 1, "stages": [
              {"blocks": [0, 1], "class": "slow", "shares_per_gpu": 1, "gpus": 3.0},
              {"blocks": [1, 3], "class": "fast", "shares_per_gpu": 2, "gpus": 1.0}]}]},
          {"model": "n", "throughput_rps": 270, "pipelines": [
            {"throughput_rps": 270, "batch": 1, "stages": [
              {"blocks": [0, 1], "class": "slow", "shares_per_gpu": 1, "gpus": 3.0},
              {"blocks": [1, 3], "class": "fast", "shares_per_gpu": 2, "gpus": 1.0}]}]}
        ]
        """;

    private SmallReference() {}

    static void write(Path folder) throws IOException {
        text(folder.resolve("instances.csv"), INSTANCES);
        text(folder.resolve("models.csv"), """
            model,published_name,task,inputs,layers,slo_us
            absent,Absent,detection,3x8x8,9,40000
            m,M,detection,3x8x8,6,40000
            n,N,detection,3x8x8,6,50000
            """);
        text(folder.resolve("published-plans.csv"), """
            instance,algorithm,model,throughput_rps,throughput_over_weight,solver_seconds
            two-a,ppipe,m,60,100,1
            two-a,ppipe,n,44,110,1
            two-a,np,m,60,100,1
            """);
        text(folder.resolve("plans/two-a-ppipe.json"), PLAN);
        text(folder.resolve("attained.csv"), """
            instance,algorithm,model,planned_rps,ppipe_planned_rps,load_factor_percent,throughput_over_weight
            two-a,ppipe,m,285,285,95,450
            two-a,ppipe,n,270,270,90,620
            """);
        for (String model : new String[] {"m", "n"}) {
            text(folder.resolve("cut-bytes/%s.csv".formatted(model)), """
                cut_after_block,bytes_per_request
                0,100000
                1,50000
                """);
            table(folder, model, "fast", 1, 2000);
            table(folder, model, "fast", 2, 3500);
            table(folder, model, "slow", 1, 6000);
        }
        text(folder.resolve("layers/m.csv"), """
            index,layer,fast_us,slow_us,cut_bytes_after,cut_tensors_after,output_shapes,published_block
            0,a,10,30,900,1,1x3x3,0
            1,b,10,30,100,1,1x3x3,0
            2,c,10,30,900,1,1x3x3,1
            3,d,10,30,900,1,1x3x3,1
            4,e,10,30,0,1,1x3x3,2
            5,f,10,30,,,1x3x3,2
            """);
    }

    private static void table(Path folder, String model, String gpuClass, int shares, long micros) throws IOException {
        String heading = "block,batch1,batch2";
        String rows = IntStream.range(0, 3)
                .mapToObj(block -> "%d,%d,%d".formatted(block, micros + block, 2 * micros))
                .collect(Collectors.joining("\n"));
        text(
                folder.resolve("block-latency-us/%s/%s-%d.csv".formatted(model, gpuClass, shares)),
                heading + "\n" + rows + "\n");
    }

    static void text(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
