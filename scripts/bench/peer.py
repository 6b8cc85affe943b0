"""One rank of the peer that the program is timed against: training in PyTorch, step by step.

    RANK=0 WORLD_SIZE=1 MASTER_ADDR=127.0.0.1 MASTER_PORT=29500 \
        python scripts/bench/peer.py --configuration FILE

FILE is JSON: `task` (pretrain or finetune), `configuration` (the program's, as JSON),
`vocabulary`, `classes`. Rank 0 says on stdout that it is ready, then reads one global step a line,
    {"radiographs": [3, 1], "tokens": [70, 52]}
of which every rank takes its share, and answers {"seconds": ..., "loss": ...}. The end of stdin
ends all ranks. Images and tokens are random, the same for the same workload; the time to make
them does not count.
"""

import argparse
import datetime
import gc
import json
import math
import os
import sys
import time

import torch
import torch.distributed as dist
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from peer_model import PAD, REFERS, VIEWS, Classifier, contrast_loss

CLS, SEP, FIRST_WORD = 2, 3, 5

# The learning rate, by the configuration's name, of each part of a model.
RATES = {
    "radiograph": "radiograph",
    "fusion": "fusion",
    "text_encoder": "textEncoder",
    "decoder": "decoder",
    "head": "head",
}

# The values that this peer knows.
KNOWN_ALWAYS = {
    "model.radiograph.activation": ["gelu"],
    "model.radiograph.position": ["add"],
    "model.radiograph.channels": [3],
}
KNOWN_PRETRAIN = {
    "model.recurrentConcatenation": ["add"],
    "model.fusion": ["softmax_global"],
    "model.contrastFeature": ["fused"],
    "model.textEncoder.feature": ["pooler", "mean"],
    "model.decoder.activation": ["gelu"],
    "model.decoder.norm": ["post"],
    "model.decoder.direction": ["forward"],
    "text.freezeLayers": [0],
    "text.decoderVocabularySize": [0],
    "loss.contrast": ["image_to_text"],
    "loss.language": ["token_mean"],
    "optimizer.decayNorms": ["none"],
}


def require_known(configuration, known):
    """Ends the program where the configuration asks for something else than this peer does."""
    for path, values in known.items():
        value = configuration
        for name in path.split("."):
            value = value[name]
        if value not in values:
            raise SystemExit(f"error: the peer has {path} {values}, not {value}")


class Pretraining:
    """REFERS: match studies with reports over all ranks, and write the reports."""

    def __init__(self, setup, rank, ranks):
        self.configuration = setup["configuration"]
        require_known(self.configuration, KNOWN_ALWAYS | KNOWN_PRETRAIN)
        self.rank, self.ranks, self.vocabulary = rank, ranks, setup["vocabulary"]
        self.model = REFERS(self.configuration, self.vocabulary)

    def batch(self, tokens, generator):
        """Random studies whose reports have so many tokens; views are always three."""
        crop = self.configuration["image"]["crop"]
        images = torch.randn(len(tokens), VIEWS, 3, crop, crop, generator=generator)
        words = torch.randint(
            FIRST_WORD, self.vocabulary, (len(tokens), max(tokens)), generator=generator
        )
        words[:, 0] = CLS
        for row, count in zip(words, tokens):
            row[count - 1] = SEP
            row[count:] = PAD
        return images, words

    def gathered(self, own):
        """The features of all ranks; only this rank's have a gradient."""
        if self.ranks == 1:
            return own
        parts = [torch.empty_like(own) for _ in range(self.ranks)]
        dist.all_gather(parts, own.detach())
        parts[self.rank] = own
        return torch.cat(parts)

    def loss(self, model, batch):
        """The loss to go back from, and the one to show."""
        v, t, language = model(*batch)
        options = self.configuration["loss"]
        v, t = self.gathered(torch.cat([v, t], dim=1)).chunk(2, dim=1)
        contrast = options["contrastWeight"] * contrast_loss(v, t, options["temperature"])
        language = options["languageWeight"] * language
        # Each rank has a share of the contrast's gradient, but gradients are averaged over ranks.
        return self.ranks * contrast + language, (contrast + language).detach()


class Finetuning:
    """A classifier of single radiographs, with several labels each."""

    def __init__(self, setup, rank, ranks):
        self.configuration, self.classes = setup["configuration"], setup["classes"]
        require_known(self.configuration, KNOWN_ALWAYS)
        self.model = Classifier(self.configuration, self.classes)

    def batch(self, radiographs, generator):
        """Random images and labels, one image for each entry."""
        crop, count = self.configuration["image"]["crop"], len(radiographs)
        images = torch.randn(count, 3, crop, crop, generator=generator)
        labels = torch.rand(count, self.classes, generator=generator).round()
        return images, labels

    def loss(self, model, batch):
        """The loss to go back from, and the one to show."""
        images, labels = batch
        loss = F.binary_cross_entropy_with_logits(model(images), labels)
        return loss, loss.detach()


class Lookahead:
    """Every `steps` updates, slow weights go a part of the way to the fast ones, which follow."""

    def __init__(self, parameters, options):
        self.fast, self.options, self.age = list(parameters), options, 0
        self.slow = [parameter.detach().clone() for parameter in self.fast]

    @torch.no_grad()
    def step(self):
        """Counts an update, and brings both together where it is time."""
        self.age += 1
        if self.age % self.options["steps"] == 0:
            for slow, fast in zip(self.slow, self.fast):
                fast.copy_(slow.lerp_(fast, self.options["alpha"]))


def parameter_groups(model, options):
    """Each part's parameters with its learning rate; LayerNorm and biases do not decay."""
    groups = []
    for name, part in model.named_children():
        rate = options["learningRate"][RATES[name]]
        for decays in (True, False):
            parameters = [p for p in part.parameters() if (p.ndim > 1) == decays]
            decay = options["weightDecay"] if decays else 0
            groups.append({"params": parameters, "lr": rate, "weight_decay": decay})
    return groups


def make_optimizer(model, options):
    """The optimizer that a configuration describes."""
    groups = parameter_groups(model, options)
    if options["name"] == "sgd":
        return torch.optim.SGD(groups, momentum=options["momentum"], fused=True)
    betas = (options["beta1"], options["beta2"])
    return torch.optim.AdamW(groups, betas=betas, eps=options["epsilon"], fused=True)


def rate_factor(update, warmup, steps):
    """The share of the largest learning rate: linear up, then half a cosine down."""
    if update < warmup:
        return (update + 1) / warmup
    progress = (update - warmup) / max(1, steps - warmup)
    return 0.5 * (1 + math.cos(math.pi * min(1, progress)))


class Trainer:
    """A model with what trains it."""

    def __init__(self, task, ranks):
        options = task.configuration["optimizer"]
        steps = task.configuration["training"]["steps"]
        self.task, self.model, self.clip = task, task.model, options["clipNorm"]
        self.parameters = list(self.model.parameters())
        self.optimizer = make_optimizer(self.model, options)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda update: rate_factor(update, options["warmupSteps"], steps)
        )
        self.lookahead = None
        if options["lookahead"]["enabled"]:
            self.lookahead = Lookahead(self.parameters, options["lookahead"])
        if ranks > 1:
            self.model = DistributedDataParallel(
                self.model, gradient_as_bucket_view=True, broadcast_buffers=False
            )

    def step(self, batch):
        """One update; the loss to show."""
        self.optimizer.zero_grad(set_to_none=True)
        loss, shown = self.task.loss(self.model, batch)
        loss.backward()
        if self.clip > 0:
            torch.nn.utils.clip_grad_norm_(self.parameters, self.clip)
        self.optimizer.step()
        self.schedule.step()
        if self.lookahead:
            self.lookahead.step()
        return shown


def workloads(rank, ranks):
    """On every rank, what rank 0 reads; the others sleep until it comes."""
    while True:
        line = sys.stdin.readline() if rank == 0 else ""
        message = [json.loads(line) if line else None]
        if ranks > 1:
            dist.broadcast_object_list(message, src=0)
        if message[0] is None:
            return
        yield message[0]


def share(values, rank, ranks):
    """The part of a global batch that a rank takes."""
    if len(values) % ranks:
        raise SystemExit(f"error: {len(values)} studies cannot be shared by {ranks} ranks")
    count = len(values) // ranks
    return values[rank * count : (rank + 1) * count]


def barrier(ranks):
    """Waits for all ranks."""
    if ranks > 1:
        dist.barrier()


def say(message):
    """Writes one line of JSON."""
    print(json.dumps(message), flush=True)


def parse_arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--configuration", required=True, metavar="FILE")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cores", metavar="0,1", help="the processors to stay on")
    return parser.parse_args()


def train(arguments, rank, ranks):
    """Makes the model, then one step for each workload."""
    with open(arguments.configuration) as file:
        setup = json.load(file)
    seed = setup["configuration"]["seed"]
    torch.manual_seed(seed)
    task = {"pretrain": Pretraining, "finetune": Finetuning}[setup["task"]](setup, rank, ranks)
    trainer = Trainer(task, ranks)
    torch.manual_seed(seed + rank)  # of dropout
    if rank == 0:
        say({
            "ready": True,
            "threads": torch.get_num_threads(),
            "parameters": sum(parameter.numel() for parameter in trainer.parameters),
            "versions": {"torch": torch.__version__},
        })

    for workload in workloads(rank, ranks):
        numbers = workload["tokens" if setup["task"] == "pretrain" else "radiographs"]
        generator = torch.Generator().manual_seed(seed + rank)
        batch = task.batch(share(numbers, rank, ranks), generator)
        barrier(ranks)
        start = time.perf_counter()
        loss = trainer.step(batch)
        barrier(ranks)
        seconds = time.perf_counter() - start
        if ranks > 1:
            dist.all_reduce(loss)
        if rank == 0:
            say({"seconds": seconds, "loss": loss.item() / ranks})


def main():
    """Joins the other ranks and trains."""
    arguments = parse_arguments()
    if arguments.cores:
        os.sched_setaffinity(0, [int(core) for core in arguments.cores.split(",")])
    torch.set_num_threads(arguments.threads)
    rank, ranks = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    if ranks > 1:
        # The other side may take its time.
        dist.init_process_group("gloo", timeout=datetime.timedelta(days=1))
    train(arguments, rank, ranks)
    if ranks > 1:
        # Threads of Gloo that outlive tensors abort the process as it ends.
        gc.collect()
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
