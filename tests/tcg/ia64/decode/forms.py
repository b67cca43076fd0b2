#
# The instruction forms that the GNU assembler accepts
#
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A form is a line of assembler in which {a|b|c} stands for each of its
# alternatives (an empty one is allowed) and a word of capitals for an operand
# drawn at random.  Alternatives are expanded to all combinations.

import re

OPERANDS = {
    # targets, sources and base registers do not overlap: gas refuses some
    'RD': lambda r: f'r{r.randrange(1, 64)}',
    'RS': lambda r: f'r{r.randrange(128)}',
    'RB': lambda r: f'r{r.randrange(64, 127)}',
    'RQ': lambda r: f'r{r.randrange(4)}',
    'FD': lambda r: f'f{r.randrange(2, 64, 2)}',
    'FE': lambda r: f'f{r.randrange(3, 64, 2)}',
    'FS': lambda r: f'f{r.randrange(128)}',
    'PA': lambda r: f'p{r.randrange(1, 32)}',
    'PB': lambda r: f'p{r.randrange(32, 64)}',
    'B': lambda r: f'b{r.randrange(8)}',
    'ARM': lambda r: 'ar.' + r.choice((
        'k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'rsc', 'bspstore',
        'rnat', 'fcr', 'eflag', 'csd', 'ssd', 'cflg', 'fsr', 'fir', 'fdr',
        'ccv', 'unat', 'fpsr', 'itc', 'ruc')),
    'ARI': lambda r: r.choice(('ar.pfs', 'ar.lc', 'ar.ec')),
    'ARX': lambda r: f'ar{r.choice((48, 63, 112, 127))}',
    'CR': lambda r: 'cr.' + r.choice((
        'dcr', 'itm', 'iva', 'pta', 'ipsr', 'isr', 'iip', 'ifa', 'itir',
        'iipa', 'ifs', 'iim', 'iha', 'lid', 'tpr', 'eoi', 'itv', 'pmv',
        'cmcv', 'lrr0', 'lrr1')),
    'CRO': lambda r: 'cr.' + r.choice((
        'ivr', 'irr0', 'irr1', 'irr2', 'irr3')),
    'IA': lambda r: str(r.choice((-128, 127, 0, r.randrange(-128, 128)))),
    'IB': lambda r: str(r.randrange(-127, 127)),
    'IU': lambda r: str(r.randrange(1, 128)),
    'IN': lambda r: str(r.choice((-256, 255, r.randrange(-256, 256)))),
    'IH': lambda r: str(r.choice((-8192, 8191, r.randrange(-8192, 8192)))),
    'IL': lambda r: str(r.choice((-0x200000, 0x1fffff,
                                  r.randrange(-0x200000, 0x200000)))),
    'IQ': lambda r: hex(r.getrandbits(64)),
    'UV': lambda r: hex(r.getrandbits(21)),
    'UW': lambda r: hex(r.getrandbits(24)),
    'UX': lambda r: hex(r.getrandbits(62)),
    'UM': lambda r: hex(r.getrandbits(16) << 1 & 0xffff),
    'UR': lambda r: hex(r.getrandbits(27) << 16),
    'UP': lambda r: hex(r.getrandbits(7)),
    'UB': lambda r: hex(r.getrandbits(8)),
    'UC': lambda r: hex(r.randrange(1, 0x200)),
    'UT': lambda r: str(r.randrange(32, 64)),
    'N': lambda r: str(r.randrange(64)),
    'NE': lambda r: str(r.randrange(32)),
    'NF': lambda r: str(r.randrange(1, 5)),
    'NP': lambda r: str(r.randrange(4)),
    'NA': lambda r: str(r.choice((-16, -8, -4, -1, 1, 4, 8, 16))),
    # position and length of a field inside the register
    'PL': lambda r: (lambda p: f'{p},{r.randrange(1, 65 - p)}')(
        r.randrange(64)),
    'PS': lambda r: (lambda p: f'{p},{r.randrange(1, min(17, 65 - p))}')(
        r.randrange(64)),
    'T': lambda r: f'.{r.randrange(-0x1000, 0x1000) * 16:+d}',
    'TB': lambda r: f'.{r.randrange(-0x100000, 0xfffff) * 16:+d}',
    'TL': lambda r: f'.+{hex(r.getrandbits(40) << 4)}',
    # frame: inputs, locals, outputs, rotating
    'AF': lambda r: (lambda i, n, o: f'{i},{n},{o},'
                     f'{r.randrange((i + n + o) // 8 + 1) * 8}')(
        r.randrange(9), r.randrange(80), r.randrange(8)),
}

CMP_ANY = '{eq|ne|lt|le|gt|ge|ltu|leu|gtu|geu}'
CMP_PAR = '{and|or|andcm|orcm|or.andcm|and.orcm}'
TEST = '{z|nz}{|.unc|.and|.or|.andcm|.orcm|.or.andcm|.and.orcm}'
LD_KIND = '{|.s|.a|.sa|.bias|.acq|.c.clr|.c.nc|.c.clr.acq}'
LF_KIND = '{|.s|.a|.sa|.c.clr|.c.nc}'
LD_HINT = '{|.nt1|.nta}'
D_HINT = '.{d1|d2|d3|d4|d5|d6|d7}'     # Itanium 9500
ST_HINT = '{|.nta}'
SF = '{|.s0|.s1|.s2|.s3}'
PC = '{|.s|.d}'
WH = '{sptk|spnt|dptk|dpnt}'
PH = '{|.few|.many}{|.clr}'

FORMS = f'''
# A
add RD=RS,RS{{|,1}}
sub RD=RS,RS{{|,1}}
add RD=IH,RS
addp4 RD={{RS|IH}},RS
{{and|andcm|or|xor}} RD={{RS|IA}},RS
sub RD=IA,RS
{{shladd|shladdp4}} RD=RS,NF,RS
adds RD=IH,RS
addl RD=IL,RQ
mov RD=RS
mov RD=IL
cmp{{|4}}.{CMP_ANY}{{|.unc}} PA,PB=RS,RS
cmp{{|4}}.{{eq|ne|lt|le|gt|ge}}{{|.unc}} PA,PB=IB,RS
cmp{{|4}}.{{ltu|leu|gtu|geu}}{{|.unc}} PA,PB=IU,RS
cmp{{|4}}.{{eq|ne}}.{CMP_PAR} PA,PB={{RS|IA}},RS
cmp{{|4}}.{{lt|le|gt|ge}}.{CMP_PAR} PA,PB={{r0,RS|RS,r0}}
{{padd|psub}}{{1|2}}{{|.sss|.uuu|.uus}} RD=RS,RS
{{padd|psub}}4 RD=RS,RS
pavg{{1|2}}{{|.raz}} RD=RS,RS
pavgsub{{1|2}} RD=RS,RS
pcmp{{1|2|4}}.{{eq|gt}} RD=RS,RS
{{pshladd2|pshradd2}} RD=RS,{{1|2|3}},RS
# I
pmpyshr2{{|.u}} RD=RS,RS,{{0|7|15|16}}
pmpy2.{{r|l}} RD=RS,RS
{{mpy4|mpyshl4}} RD=RS,RS
mix{{1|2|4}}.{{r|l}} RD=RS,RS
pack2.{{uss|sss}} RD=RS,RS
pack4.sss RD=RS,RS
unpack{{1|2|4}}.{{h|l}} RD=RS,RS
{{pmin1.u|pmax1.u|pmin2|pmax2|psad1}} RD=RS,RS
mux1 RD=RS,{{@brcst|@mix|@shuf|@alt|@rev}}
mux2 RD=RS,UB
{{shr|shl}} RD=RS,{{RS|N}}
shr.u RD=RS,{{RS|N}}
{{pshr|pshl}}{{2|4}} RD=RS,{{RS|NE}}
pshr{{2|4}}.u RD=RS,{{RS|NE}}
{{popcnt|clz}} RD=RS
shrp RD=RS,RS,N
extr{{|.u}} RD=RS,PL
dep.z RD={{RS|IA}},PL
dep RD={{0|-1}},RS,PL
dep RD=RS,RS,PS
tbit.{TEST} PA,PB=RS,N
tnat.{TEST} PA,PB=RS
tf.{TEST} PA,PB=UT
{{nop|break|hint}}.i UV
hint.i @pause
chk.s.i RS,TB
mov B=RS
mov.ret B=RS,.{{-128|+256}}
mov{{|.ret}}{{|.sptk|.dptk}}{{|.imp}} B=RS,.{{-128|+256}}
mov RD=B
mov pr=RS{{|,UM|,-2}}
mov pr.rot=UR
mov RD={{ip|pr}}
mov{{|.i}} ARI=RS
mov{{|.i}} ARI=IA
mov{{|.i}} RD=ARI
mov.i ARX=RS
mov.i ARX=IA
mov.i RD=ARX
{{zxt|sxt}}{{1|2|4}} RD=RS
czx{{1|2}}.{{l|r}} RD=RS
# M
ld{{1|2|4|8}}{LD_KIND}{LD_HINT} RD=[RB]{{|,RS|,IN}}
ld8.fill{LD_HINT} RD=[RB]{{|,RS|,IN}}
ld{{1|2|4|8}}{LD_KIND}{D_HINT} RD=[RB]
ld8.fill{D_HINT} RD=[RB]
ld16{{|.acq}}{D_HINT} RD,ar.csd=[RB]
ld16{{|.acq}}{LD_HINT} RD,ar.csd=[RB]
st{{1|2|4|8}}{{|.rel}}{ST_HINT} [RB]=RS{{|,IN}}
st{{1|2|4|8}}{{|.rel}}{D_HINT} [RB]=RS
st8.spill{ST_HINT} [RB]=RS{{|,IN}}
st8.spill{D_HINT} [RB]=RS
st16{{|.rel}}{D_HINT} [RB]=RS,ar.csd
st16{{|.rel}}{ST_HINT} [RB]=RS,ar.csd
ldf{{s|d|8|e}}{LF_KIND}{LD_HINT} FD=[RB]{{|,RS|,IN}}
ldf.fill{LD_HINT} FD=[RB]{{|,RS|,IN}}
ldf{{s|d|8|e}}{LF_KIND}{D_HINT} FD=[RB]
ldf.fill{D_HINT} FD=[RB]
stf{{s|d|8|e}}{D_HINT} [RB]=FS
stf.spill{D_HINT} [RB]=FS
stf{{s|d|8|e}}{ST_HINT} [RB]=FS{{|,IN}}
stf.spill{ST_HINT} [RB]=FS{{|,IN}}
ldfps{LF_KIND}{LD_HINT} FD,FE=[RB]{{|,8}}
ldfp{{d|8}}{LF_KIND}{LD_HINT} FD,FE=[RB]{{|,16}}
lfetch{{|.fault}}{{|.excl}}{{|.nt1|.nt2|.nta}} [RB]{{|,RS|,IN}}
lfetch{{|.fault}}{{|.excl}}{{.d0|.d1|.d2|.d3|.d4|.d5|.d6|.d7}} [RB]{{|,RS|,IN}}
lfetch.count{{|.nt1|.d6}} [RB],{{1|64}},{{64|-192}}
mov {{dahr0|dahr7}}=0x1234
cmpxchg{{1|2|4|8}}.{{acq|rel}}{LD_HINT} RD=[RB],RS,ar.ccv
cmpxchg{{1|2|4|8}}.{{acq|rel}}{LD_HINT} RD=[RB],RS
xchg{{1|2|4|8}}{LD_HINT} RD=[RB],RS
cmp8xchg16.{{acq|rel}}{LD_HINT} RD=[RB],RS,ar.csd,ar.ccv
fetchadd{{4|8}}.{{acq|rel}}{LD_HINT} RD=[RB],NA
setf.{{sig|exp|s|d}} FD=RS
getf.{{sig|exp|s|d}} RD=FS
chk.s{{|.m}} RS,TB
chk.s FS,TB
chk.a.{{nc|clr}} {{RD|FD}},TB
invala
invala.e {{RD|FD}}
{{fwb|mf|mf.a|srlz.d|srlz.i|sync.i}}
{{flushrs|loadrs}}
{{fc|fc.i}} RS
mov{{|.m}} ARM=RS
mov{{|.m}} ARM=IA
mov{{|.m}} RD=ARM
mov{{|.m}} RD=ar.bsp
mov.m ARX=RS
mov.m ARX=IA
mov.m RD=ARX
mov CR=RS
mov RD={{CR|CRO}}
alloc RD=ar.pfs,AF
mov psr.{{l|um}}=RS
mov RD={{psr|psr.um}}
{{sum|rum|ssm|rsm}} UW
{{break|nop}}.m UV
hint.m @pause
probe.{{r|w}} RD=RS,{{RS|NP}}
probe.{{r|w|rw}}.fault RS,NP
itc.{{d|i}} RS
itr.d dtr[RS]=RS
itr.i itr[RS]=RS
mov {{rr|dbr|ibr|pkr|pmc|pmd|msr}}[RS]=RS
mov RD={{rr|dbr|ibr|pkr|pmc|pmd|msr|cpuid|dahr}}[RS]
ptc.{{l|g|ga}} RS,RS
ptr.{{d|i}} RS,RS
ptc.e RS
{{thash|ttag|tpa|tak}} RD=RS
# B
br T
br.{{few|many}}{{|.clr}} {{T|B}}
br.cond.{WH}{PH} {{TB|B}}
br.{{wexit|wtop}}.{WH}{PH} TB
br.{{cloop|cexit|ctop}}.{WH}{PH} TB
br.call.{WH}{PH} B={{TB|B}}
br.ia.{WH}{PH} B
br.ret.{WH}{PH} B
brp.{{sptk|dptk|loop|exit}}{{|.imp}} TB,.{{-64|+128}}
brp.{{sptk|dptk}}{{|.imp}} B,.{{-64|+128}}
brp.ret.{{sptk|dptk}}{{|.imp}} B,.{{-64|+128}}
{{cover|clrrrb|clrrrb.pr|rfi|bsw.0|bsw.1|epc|vmsw.0|vmsw.1}}
{{break|nop|hint}}.b UV
# F
{{fma|fms|fnma}}{PC}{SF} FD=FS,FS,FS
{{fpma|fpms|fpnma}}{SF} FD=FS,FS,FS
{{fadd|fsub|fmpy|fnmpy}}{PC}{SF} FD=FS,FS
{{fpmpy|fpnmpy}}{SF} FD=FS,FS
fnorm{PC}{SF} FD=FS
xma.{{l|lu|h|hu}} FD=FS,FS,FS
xmpy.{{l|lu|h|hu}} FD=FS,FS
fselect FD=FS,FS,FS
fcmp.{{eq|lt|le|unord|gt|ge|neq|nlt|nle|ngt|nge|ord}}{{|.unc}}{SF} PA,PB=FS,FS
fclass.{{m|nm}}{{|.unc}} PA,PB=FS,UC
{{frcpa|fprcpa}}{SF} FD,PB=FS,FS
{{frsqrta|fprsqrta}}{SF} FD,PB=FS
{{fmin|fmax|famin|famax|fpmin|fpmax|fpamin|fpamax}}{SF} FD=FS,FS
fpcmp.{{eq|lt|le|unord|gt|ge|neq|nlt|nle|ngt|nge|ord}}{SF} FD=FS,FS
{{fmerge|fpmerge}}.{{s|ns|se}} FD=FS,FS
{{fabs|fneg|fnegabs|fpabs|fpneg|fpnegabs}} FD=FS
mov FD=FS
fmix.{{lr|r|l}} FD=FS,FS
fsxt.{{r|l}} FD=FS,FS
fswap{{|.nl|.nr}} FD=FS,FS
{{fpack|fand|fandcm|for|fxor}} FD=FS,FS
{{fcvt|fpcvt}}.{{fx|fxu|fx.trunc|fxu.trunc}}{SF} FD=FS
fcvt.xf FD=FS
fcvt.xuf{PC}{SF} FD=FS
fsetc{SF} UP,UP
fclrf{SF}
fchkf{SF} TB
{{break|nop|hint}}.f UV
# X
{{break|nop|hint}}.x UX
movl RD=IQ
brl{{|.few|.many}}{{|.clr}} TL
brl.cond.{WH}{PH} TL
brl.call.{WH}{PH} B=TL
'''

# Not predicated: gas refuses a predicate
UNPREDICATED = re.compile(
    r'(alloc|br\.(cloop|cexit|ctop|ia)|brp|cover|clrrrb|rfi|bsw|epc|vmsw|'
    r'flushrs|loadrs)\b')


def alternatives(text):
    m = re.search(r'\{([^{}]*)\}', text)
    if not m:
        yield text
        return
    for choice in m.group(1).split('|'):
        yield from alternatives(text[:m.start()] + choice + text[m.end():])


def lines(rnd, each):
    """Lines of assembler: @each instances of every form"""
    for form in FORMS.splitlines():
        if not form or form.startswith('#'):
            continue
        for text in alternatives(form):
            for i in range(each):
                line = re.sub(r'\b[A-Z]{1,3}\b',
                              lambda m: OPERANDS[m.group()](rnd), text)
                if i % 2 and not UNPREDICATED.match(line):
                    line = f'(p{rnd.randrange(1, 64)}) {line}'
                yield line
