"""REFERS as one would write it in PyTorch to be fast on a processor: batched, padded, fused.

The default mode of the program's configuration; options carry its JSON's names. Every study has
three views, a repeated one is computed again; reports are padded to the longest of the batch.
"""

import torch
from torch import nn
from torch.nn import functional as F

VIEWS = 3
PAD = 0


def split_heads(x, parts, heads):
    """[batch, tokens, parts * width] -> parts tensors [batch, heads, tokens, width / heads]."""
    return x.unflatten(2, (parts, heads, -1)).permute(2, 0, 3, 1, 4).unbind()


def join_heads(x):
    """[batch, heads, tokens, width / heads] -> [batch, tokens, width]."""
    return x.transpose(1, 2).flatten(2)


class SelfAttention(nn.Module):
    """Multi-head attention of a sequence to itself; `dropout` is that of the probabilities."""

    def __init__(self, width, heads, dropout=0.0):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x, mask=None, causal=False):
        q, k, v = split_heads(self.qkv(x), 3, self.heads)
        dropout = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, mask, dropout, causal)
        return self.out(join_heads(y))


class CrossAttention(nn.Module):
    """Multi-head attention of a sequence to a memory of the same width."""

    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x, memory):
        (q,) = split_heads(self.query(x), 1, self.heads)
        k, v = split_heads(self.key_value(memory), 2, self.heads)
        dropout = self.dropout if self.training else 0.0
        return self.out(join_heads(F.scaled_dot_product_attention(q, k, v, None, dropout)))


# Radiograph transformer


class RadiographBlock(nn.Module):
    """A block of the vision transformer, LayerNorm first."""

    def __init__(self, options):
        super().__init__()
        width = options["width"]
        self.attention_norm = nn.LayerNorm(width, eps=1e-6)
        self.attention = SelfAttention(width, options["heads"])
        self.mlp_norm = nn.LayerNorm(width, eps=1e-6)
        self.fc1 = nn.Linear(width, options["mlp"])
        self.fc2 = nn.Linear(options["mlp"], width)
        self.dropout = nn.Dropout(options["dropout"])

    def forward(self, x):
        x = x + self.attention(self.attention_norm(x))
        hidden = self.dropout(F.gelu(self.fc1(self.mlp_norm(x))))
        return x + self.dropout(self.fc2(hidden))


class RadiographTransformer(nn.Module):
    """[images, 3, crop, crop] -> [images, 1 + patches, width], the class token first."""

    def __init__(self, options, crop):
        super().__init__()
        width, patch = options["width"], options["patch"]
        self.patches = nn.Conv2d(3, width, kernel_size=patch, stride=patch)
        self.class_token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.empty(1, 1 + (crop // patch) ** 2, width))
        nn.init.normal_(self.positions, std=options["positionDeviation"])
        self.dropout = nn.Dropout(options["dropout"])
        self.blocks = nn.Sequential(*(RadiographBlock(options) for _ in range(options["blocks"])))
        self.norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, images):
        x = self.patches(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.class_token.expand(len(x), -1, -1), x], dim=1)
        x = self.dropout(x + self.positions)
        return self.norm(self.blocks(x))


class ViewFusion(nn.Module):
    """One weight a view, from all class tokens: [studies, views, 1 + patches, width] -> memory
    [studies, views * patches, width] and feature [studies, views * width]."""

    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(VIEWS * width, width)
        self.fc2 = nn.Linear(width, VIEWS)

    def forward(self, x):
        g, patches = x.split([1, x.shape[2] - 1], dim=2)
        weights = self.fc2(F.relu(self.fc1(g.flatten(1)))).softmax(dim=1)[:, :, None, None]
        return (weights * (patches + g)).flatten(1, 2), (weights * g).flatten(1)


# Text encoder


class TextLayer(nn.Module):
    """A layer of BERT, LayerNorm last."""

    def __init__(self, options):
        super().__init__()
        width, epsilon = options["width"], options["normEpsilon"]
        self.attention = SelfAttention(width, options["heads"], options["dropout"])
        self.attention_norm = nn.LayerNorm(width, eps=epsilon)
        self.fc1 = nn.Linear(width, options["mlp"])
        self.fc2 = nn.Linear(options["mlp"], width)
        self.mlp_norm = nn.LayerNorm(width, eps=epsilon)
        self.dropout = nn.Dropout(options["dropout"])

    def forward(self, x, mask):
        x = self.attention_norm(x + self.dropout(self.attention(x, mask)))
        return self.mlp_norm(x + self.dropout(self.fc2(F.gelu(self.fc1(x)))))


class TextEncoder(nn.Module):
    """BERT and a linear map of what stands for the report: [studies, tokens] -> [studies, outputs];
    the pooler exists only where it is the feature."""

    def __init__(self, options, vocabulary, outputs):
        super().__init__()
        width = options["width"]
        self.words = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(options["positions"], width)
        self.types = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=options["normEpsilon"])
        self.layers = nn.ModuleList(TextLayer(options) for _ in range(options["layers"]))
        self.pooler = nn.Linear(width, width) if options["feature"] == "pooler" else None
        self.projection = nn.Linear(width, outputs)
        self.dropout = nn.Dropout(options["dropout"])

    def forward(self, tokens):
        keep = tokens != PAD
        mask = None if keep.all() else keep[:, None, None]
        places = self.positions.weight[: tokens.shape[1]] + self.types.weight[0]
        x = self.dropout(self.norm(self.words(tokens) + places))
        for layer in self.layers:
            x = layer(x, mask)
        if self.pooler is not None:
            return self.projection(torch.tanh(self.pooler(x[:, 0])))
        x = (x * keep[:, :, None]).sum(dim=1) / keep.sum(dim=1, keepdim=True)
        return self.projection(x)


# Report decoder


class DecoderLayer(nn.Module):
    """A layer of the report transformer, LayerNorm last."""

    def __init__(self, options):
        super().__init__()
        width, heads, dropout = options["width"], options["heads"], options["dropout"]
        self.own = SelfAttention(width, heads, dropout)
        self.own_norm = nn.LayerNorm(width)
        self.cross = CrossAttention(width, heads, dropout)
        self.cross_norm = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, options["mlp"])
        self.fc2 = nn.Linear(options["mlp"], width)
        self.mlp_norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, memory):
        # Pads stand last: no token that counts can see them.
        x = self.own_norm(x + self.dropout(self.own(x, causal=True)))
        x = self.cross_norm(x + self.dropout(self.cross(x, memory)))
        hidden = self.dropout(F.gelu(self.fc1(x)))
        return self.mlp_norm(x + self.dropout(self.fc2(hidden)))


class ReportDecoder(nn.Module):
    """The mean loss of writing reports from the memory; the output has the embedding's weight."""

    def __init__(self, options, memory_width, vocabulary, positions):
        super().__init__()
        width = options["width"]
        self.visual_projection = nn.Linear(memory_width, width)
        self.words = nn.Embedding(vocabulary, width)
        self.positions = nn.Embedding(positions, width)
        self.norm = nn.LayerNorm(width, eps=1e-8)
        self.layers = nn.ModuleList(DecoderLayer(options) for _ in range(options["layers"]))
        self.output_bias = nn.Parameter(torch.zeros(vocabulary))
        self.dropout = nn.Dropout(options["dropout"])

    def forward(self, memory, tokens):
        inputs, targets = tokens[:, :-1], tokens[:, 1:]
        memory = self.visual_projection(memory)
        places = self.positions.weight[: inputs.shape[1]]
        x = self.dropout(self.norm(self.words(inputs) + places))
        for layer in self.layers:
            x = layer(x, memory)
        logits = F.linear(x, self.words.weight, self.output_bias)
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=PAD)


# The whole


def initialise(module):
    """Sets the weights of BERT and of the decoder as BERT does."""
    for part in module.modules():
        if isinstance(part, (nn.Linear, nn.Embedding)):
            nn.init.normal_(part.weight, std=0.02)


class REFERS(nn.Module):
    """Images [studies, views, 3, crop, crop] and tokens [studies, tokens] -> the features of both
    for the contrast, and the loss of writing."""

    def __init__(self, configuration, vocabulary):
        super().__init__()
        model = configuration["model"]
        width = model["radiograph"]["width"]
        self.radiograph = RadiographTransformer(
            model["radiograph"], configuration["image"]["crop"]
        )
        self.fusion = ViewFusion(width)
        self.text_encoder = TextEncoder(model["textEncoder"], vocabulary, VIEWS * width)
        self.decoder = ReportDecoder(
            model["decoder"], width, vocabulary, configuration["text"]["maxTokens"]
        )
        initialise(self.text_encoder)
        initialise(self.decoder)

    def forward(self, images, tokens):
        x = self.radiograph(images.flatten(0, 1)).unflatten(0, (-1, VIEWS))
        memory, feature = self.fusion(x)
        return feature, self.text_encoder(tokens), self.decoder(memory, tokens)


class Classifier(nn.Module):
    """Images [images, 3, crop, crop] -> [images, classes], from the class token."""

    def __init__(self, configuration, classes):
        super().__init__()
        options = configuration["model"]["radiograph"]
        self.radiograph = RadiographTransformer(options, configuration["image"]["crop"])
        self.head = nn.Linear(options["width"], classes)

    def forward(self, images):
        return self.head(self.radiograph(images)[:, 0])


def contrast_loss(images, texts, temperature):
    """Each study's image features must find the text features of the same study among all."""
    images, texts = F.normalize(images, eps=1e-8), F.normalize(texts, eps=1e-8)
    return F.cross_entropy(images @ texts.T / temperature, torch.arange(len(images)))
